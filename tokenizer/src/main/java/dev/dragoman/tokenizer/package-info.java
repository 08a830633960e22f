/**
 * Text to pieces to ids and back, and documents to sentences and back.
 *
 * <p>In reading order:
 *
 * <ol>
 *   <li>{@link dev.dragoman.tokenizer.Tokenizer}: text to ids ({@code encode}) and ids to text ({@code decode});
 *       {@link dev.dragoman.tokenizer.SentencePieceTokenizer} is the one implementation, over a model directory's {@code pieces.model}.
 *   <li>{@link dev.dragoman.tokenizer.Vocabulary}: the pieces behind the ids, with their {@link dev.dragoman.tokenizer.PieceType}.
 *   <li>{@link dev.dragoman.tokenizer.SentenceSegmenter}: cuts a document into sentences;
 *       {@link dev.dragoman.tokenizer.SegmentedText} is the result, which puts the translated sentences back where the originals were.
 *   <li>{@link dev.dragoman.tokenizer.VocabularyTrainer}: makes a {@code pieces.model} from plain text.
 * </ol>
 *
 * <p>Words: a <em>piece</em> is a string, with U+2581 as the mark of a word start; an <em>id</em> is its number in the vocabulary. A
 * <em>control</em> piece, such as {@code </s>} or {@code <2fr>}, has an id but no text: whoever builds the model's input adds it, and
 * text that spells it never becomes it.
 *
 * <p>Everything here is safe for use by many threads. Only {@link dev.dragoman.tokenizer.Tokenizer} holds native memory and is closed,
 * by the one who opened it.
 *
 * <p>What does not belong here: tensors, the network, search (see {@code dev.dragoman.inference}), and limits on the length of a
 * request, which are the caller's.
 *
 * <p>Sources: Kudo 2018, <i>Subword Regularization</i> (unigram segmentation); Kudo and Richardson 2018, <i>SentencePiece</i>; Unicode
 * Standard Annex 29 (sentence boundaries).
 */
@NullMarked
package dev.dragoman.tokenizer;

import org.jspecify.annotations.NullMarked;
