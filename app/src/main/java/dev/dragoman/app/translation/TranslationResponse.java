package dev.dragoman.app.translation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer in the shape of its request.
 *
 * @param translatedText a string, or for a list a list of the same length and order
 * @param alternatives absent unless asked for; a list of strings, or for a list a list of such lists
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TranslationResponse(Object translatedText, @Nullable List<?> alternatives) {
    /**
     * What one text became.
     *
     * @param text the best translation
     * @param alternatives the next best ones, different from it and from each other
     */
    record TranslatedText(String text, List<String> alternatives) {}

    static TranslationResponse of(List<TranslatedText> texts, ValidRequest request) {
        boolean withAlternatives = request.alternatives() > 0;
        if (request.isList()) {
            return new TranslationResponse(
                    texts.stream().map(TranslatedText::text).toList(),
                    withAlternatives
                            ? texts.stream().map(TranslatedText::alternatives).toList()
                            : null);
        }
        TranslatedText only = texts.get(0);
        return new TranslationResponse(only.text(), withAlternatives ? only.alternatives() : null);
    }
}
