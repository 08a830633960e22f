/**
 * From a model directory to translations.
 *
 * <p>Reading order: {@link dev.dragoman.inference.Translator} is the one door, opened over a model directory. It cuts a text into a
 * {@link dev.dragoman.inference.Segmentation} and turns sentences into a {@link dev.dragoman.inference.Translation} each, for a
 * {@link dev.dragoman.inference.LanguagePair} and under {@link dev.dragoman.inference.TranslationOptions}. Behind the door a sentence is
 * tokenised, gets the piece of its target language in front and the end symbol behind, and takes rows of a decoder, beside whatever other
 * sentences are in it; where they come one by one, by a {@link dev.dragoman.inference.TranslationSession}. The search of {@code dev.dragoman.inference.search} drives the network through {@link dev.dragoman.inference.ModelDecoderSession}, and the best
 * ids become text again.
 *
 * <p>Conventions: lengths are tokens, one token being one piece; a source's tokens leave out the language piece and the end symbol. A
 * {@code Translator} may be shared by threads; whoever opened it closes it. Results come in the caller's order, and no sentence's
 * translation depends on the others'.
 *
 * <p>No tensor and no file format is known here: those are in {@code dev.dragoman.model}. Queues, caches and deadlines are in the
 * server.
 */
@NullMarked
package dev.dragoman.inference;

import org.jspecify.annotations.NullMarked;
