package dev.dragoman.app.translation;

import java.util.List;

/**
 * What one text became.
 *
 * @param text the best translation
 * @param alternatives the next best ones, different from it and from each other
 * @param degenerate whether a sentence of it is a loop, empty or untranslated, whatever was tried
 */
public record TranslatedText(String text, List<String> alternatives, boolean degenerate) {
    /** A text that stays as it is: untranslated, if it should not have. */
    static TranslatedText unchanged(ValidText text) {
        return new TranslatedText(text.text(), List.of(), text.isNotServed());
    }
}
