/**
 * Phrases that a translation has to contain or must not contain, told from the ids of its pieces.
 *
 * <p>Reading order: {@link dev.dragoman.inference.phrase.ConstraintCompiler} turns the text of {@link dev.dragoman.inference.TranslationConstraints}
 * into a {@link dev.dragoman.inference.search.TargetConstraint}, which is a {@code PhraseConstraint}: it reads pieces as text
 * ({@code PieceTexts}, {@code Spelling}), so that a phrase is found in whatever pieces it is spelt, and follows the text through the
 * {@code PhraseAutomaton} of all phrases.
 *
 * <p>Convention: text is code points, with {@link dev.dragoman.inference.phrase.WordBoundary#MARK} where a word may begin or end; offsets count code
 * points alone.
 */
@NullMarked
package dev.dragoman.inference.phrase;

import org.jspecify.annotations.NullMarked;
