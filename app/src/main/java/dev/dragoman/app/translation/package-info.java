/**
 * {@code POST /translate}: from an HTTP request to texts in another language.
 *
 * <p>In reading order: {@link dev.dragoman.app.translation.TranslationRequestReader} makes a
 * {@link dev.dragoman.app.translation.TranslationRequest} of JSON, form, multipart or query;
 * {@link dev.dragoman.app.translation.RequestValidator} proves it, as a {@link dev.dragoman.app.translation.ValidRequest};
 * {@link dev.dragoman.app.translation.TranslationService} cuts its texts into sentences
 * ({@link dev.dragoman.app.translation.TranslatableText}), has those translated and puts the texts together again as a
 * {@link dev.dragoman.app.translation.TranslationResponse}; {@link dev.dragoman.app.translation.TranslationController} binds this to
 * Spring and {@link dev.dragoman.app.translation.TranslationMetrics} counts it.
 *
 * <p>The wire format, the order of checks and the messages are those of LibreTranslate, so that its clients work unchanged. Where
 * that server loses or changes text, this one does not:
 *
 * <ul>
 *   <li>Nothing is truncated: what is too long is refused with the limit.
 *   <li>Control characters other than tab, line feed and carriage return become a space, and lone surrogates become U+FFFD: both mean
 *       nothing in a text, and text taken from documents is full of the former.
 *   <li>A sentence without a letter is returned as it is, and so is every text when source and target are the same language.
 *   <li>White space between sentences is kept as it was.
 * </ul>
 *
 * <p>Texts are neither logged nor put into metrics or error messages.
 */
@NullMarked
package dev.dragoman.app.translation;

import org.jspecify.annotations.NullMarked;
