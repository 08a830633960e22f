package dev.dragoman.app.detection;

import dev.dragoman.app.configuration.DetectionAccuracy;
import java.util.List;

/** One detection of English, French and German for all tests, since its models take a while to read. */
public final class TestDetection {
    private static final LanguageDetection SHARED =
            new LanguageDetection(() -> List.of("de", "en", "fr"), DetectionAccuracy.LOW);

    private TestDetection() {}

    public static LanguageDetection shared() {
        return SHARED;
    }
}
