package dev.dragoman.app.models;

import java.util.List;
import java.util.Locale;

/**
 * A language as {@code GET /languages} tells it.
 *
 * @param code as the models write it
 * @param name in English
 * @param targets codes of the languages that it can be translated to, itself among them: that translation is the text itself
 */
public record Language(String code, String name, List<String> targets) {
    /** The name of the language with a code, in English; the code itself if it has none. */
    public static String nameOf(String code) {
        return Locale.forLanguageTag(code).getDisplayName(Locale.ENGLISH);
    }
}
