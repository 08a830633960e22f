package dev.dragoman.app.libretranslate;

import dev.dragoman.app.detection.Detection;
import dev.dragoman.app.detection.LanguageDetection;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.http.ParameterReader;
import dev.dragoman.app.libretranslate.TranslationResponse.DetectedLanguage;
import dev.dragoman.app.translation.TextLimits;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class DetectionController {
    private static final int MOST_GUESSES = 3;

    /** Guesses that are this certain leave nothing for a second one; some clients can read one alone. */
    private static final int CERTAIN = 90;

    private final ParameterReader reader;
    private final TextLimits limits;
    private final LanguageDetection detection;

    DetectionController(ParameterReader reader, TextLimits limits, LanguageDetection detection) {
        this.reader = reader;
        this.limits = limits;
        this.detection = detection;
    }

    /** Up to three guesses, best first; one if it is clear, or if the language cannot be told. */
    @PostMapping("/detect")
    @Operation(
            summary = "Detect the language of a text",
            fields = TranslationFields.Detection.class,
            example = "{\"q\":\"Le fichier n'a pas pu être ouvert.\"}",
            answer = "[{\"confidence\":98,\"language\":\"fr\"}]")
    ResponseEntity<List<DetectedLanguage>> detect(HttpServletRequest httpRequest) {
        String text = TranslationRequestReader.required(reader.read(httpRequest, "q"), "q");
        limits.require(List.of(text), "q", false);
        List<Detection> guesses = detection.detect(text);
        boolean isCertain = guesses.get(0).confidence() >= CERTAIN;
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(guesses.stream()
                        .limit(isCertain ? 1 : MOST_GUESSES)
                        .map(DetectedLanguage::of)
                        .toList());
    }
}
