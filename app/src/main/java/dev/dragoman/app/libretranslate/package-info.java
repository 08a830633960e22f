/**
 * The HTTP API of LibreTranslate: its paths, fields, order of checks and messages, so that its clients work unchanged.
 *
 * <p>{@link dev.dragoman.app.libretranslate.TranslationRequestReader} finds the fields,
 * {@link dev.dragoman.app.libretranslate.RequestValidator} proves them, and the controllers answer; translating is left to
 * {@code dev.dragoman.app.translation}. Unlike that server, this one detects the language of each text of a list, and never decodes entities
 * of plain text.
 */
@NullMarked
package dev.dragoman.app.libretranslate;

import org.jspecify.annotations.NullMarked;
