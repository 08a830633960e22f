package dev.dragoman.app.translation;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.configuration.DragomanProperties.LimitProperties;
import dev.dragoman.app.detection.LanguageDetection;
import dev.dragoman.app.models.ModelUse;
import io.micrometer.core.instrument.MeterRegistry;

/** The parts of this package, for slices of other packages. */
public final class TestTranslation {
    private TestTranslation() {}

    public static TranslationService service(DragomanProperties properties, MeterRegistry meters) {
        return new TranslationService(
                properties.translation(),
                Ticker.systemTicker(),
                metrics(meters),
                new ModelUse(),
                new OpenRequests(1000, Ticker.systemTicker(), meters));
    }

    public static TranslationMetrics metrics(MeterRegistry meters) {
        return new TranslationMetrics(meters);
    }

    public static TextLimits limits(LimitProperties limits) {
        return new TextLimits(limits);
    }

    public static TextRouter router(LanguageDetection detection) {
        return new TextRouter(detection);
    }
}
