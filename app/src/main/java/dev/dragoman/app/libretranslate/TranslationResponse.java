package dev.dragoman.app.libretranslate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.dragoman.app.detection.Detection;
import dev.dragoman.app.translation.TranslatedText;
import dev.dragoman.app.translation.ValidRequest;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An answer in the shape of its request: for a string {@code q} each member is one value, for a list a list of the same length and
 * order.
 *
 * @param translatedText a string
 * @param detectedLanguage a {@link DetectedLanguage}; absent unless the source was {@code auto}
 * @param alternatives a list of strings; absent unless asked for
 * @param degenerate whether a sentence of a text is a loop, empty or untranslated; absent where none is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TranslationResponse(
        Object translatedText,
        @Nullable Object detectedLanguage,
        @Nullable Object alternatives,
        @Nullable Object degenerate) {
    static TranslationResponse of(TranslationRequest request, ValidRequest valid, List<TranslatedText> texts) {
        return new TranslationResponse(
                shaped(request, texts, TranslatedText::text),
                request.isAuto()
                        ? shaped(
                                request,
                                valid.texts(),
                                text -> DetectedLanguage.of(Objects.requireNonNull(text.detection())))
                        : null,
                valid.alternatives() > 0 ? shaped(request, texts, TranslatedText::alternatives) : null,
                texts.stream().anyMatch(TranslatedText::degenerate)
                        ? shaped(request, texts, TranslatedText::degenerate)
                        : null);
    }

    private static <T> Object shaped(TranslationRequest request, List<T> values, Function<T, Object> member) {
        return request.isList() ? values.stream().map(member).toList() : member.apply(values.get(0));
    }

    /**
     * A detected language.
     *
     * @param confidence a whole number from 0 to 100, which some clients read as an integer
     */
    record DetectedLanguage(int confidence, String language) {
        static DetectedLanguage of(Detection detection) {
            return new DetectedLanguage(detection.confidence(), detection.language());
        }
    }
}
