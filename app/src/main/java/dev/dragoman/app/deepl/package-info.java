/**
 * The HTTP API of DeepL, version 2, as far as its client libraries need it to translate text: translations, languages and usage.
 *
 * <p>{@link dev.dragoman.app.deepl.DeepLRequestReader} finds and proves the fields, {@link dev.dragoman.app.deepl.DeepLLanguages} knows
 * the codes, and the controllers answer; translating is left to {@code dev.dragoman.app.translation}. A key is accepted and not
 * looked at. Absent members are left out of answers, since clients fail on null.
 */
@NullMarked
package dev.dragoman.app.deepl;

import org.jspecify.annotations.NullMarked;
