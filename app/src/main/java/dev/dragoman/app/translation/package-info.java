/**
 * From texts to texts in another language, whatever protocol they came by.
 *
 * <p>In reading order: {@link dev.dragoman.app.translation.TextLimits} and {@link dev.dragoman.app.translation.TextRouter} prove a protocol's
 * texts and find the model of each, which makes a {@link dev.dragoman.app.translation.ValidRequest};
 * {@link dev.dragoman.app.translation.TranslationService} cuts them at blocks and sentences
 * ({@link dev.dragoman.app.translation.TranslatableDocument}, {@link dev.dragoman.app.translation.TranslatableText}), has the sentences
 * translated by a {@link dev.dragoman.inference.faithful.FaithfulTranslator}, and puts the texts together again. {@link dev.dragoman.app.translation.TranslationMetrics} counts.
 *
 * <p>Nothing is lost or changed on the way:
 *
 * <ul>
 *   <li>Nothing is truncated: what is too long is refused with the limit.
 *   <li>Control characters other than tab, line feed and carriage return become a space, and lone surrogates become U+FFFD: both mean
 *       nothing in a text, and text taken from documents is full of the former.
 *   <li>A sentence without a letter is returned as it is, and so is every text when source and target are the same language.
 *   <li>White space is kept as it was, and so are the markers of lists, tags, placeholders, addresses and numbers.
 * </ul>
 *
 * <p>Texts are neither logged nor put into metrics or error messages.
 */
@NullMarked
package dev.dragoman.app.translation;

import org.jspecify.annotations.NullMarked;
