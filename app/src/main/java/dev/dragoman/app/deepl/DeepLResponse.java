package dev.dragoman.app.deepl;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.dragoman.app.detection.Detection;
import dev.dragoman.app.translation.TranslatedText;
import dev.dragoman.app.translation.ValidText;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a translation request.
 *
 * @param translations one for each text, in their order
 */
record DeepLResponse(List<DeepLTranslation> translations) {
    static DeepLResponse of(DeepLRequest request, List<TranslatedText> texts) {
        return new DeepLResponse(IntStream.range(0, texts.size())
                .mapToObj(i -> translation(request, request.valid().texts().get(i), texts.get(i)))
                .toList());
    }

    private static DeepLTranslation translation(DeepLRequest request, ValidText source, TranslatedText text) {
        Detection detection = source.detection();
        return new DeepLTranslation(
                DeepLLanguages.sourceCode(detection == null ? source.pair().source() : detection.language()),
                text.text(),
                request.withCharacters() ? source.characters() : null,
                request.modelType(),
                text.degenerate() ? true : null);
    }

    /**
     * One text.
     *
     * @param sourceLanguage in upper case, without region; as the caller gave it, or as detected
     * @param text the translation
     * @param characters code points of the source text
     * @param modelType absent unless a type was asked for
     * @param degenerate true if a sentence of it is a loop, empty or untranslated, otherwise absent
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DeepLTranslation(
            @JsonProperty("detected_source_language") String sourceLanguage,
            String text,
            @JsonProperty("billed_characters") @Nullable Integer characters,
            @JsonProperty("model_type_used") @Nullable String modelType,
            @Nullable Boolean degenerate) {}
}
