package dev.dragoman.app.translation;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.detection.LanguageDetection;
import dev.dragoman.app.models.ModelUse;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

@Configuration(proxyBeanMethods = false)
class TranslationConfiguration {
    @Bean
    TextLimits textLimits(DragomanProperties properties) {
        return new TextLimits(properties.limits());
    }

    @Bean
    TextRouter textRouter(LanguageDetection detection) {
        return new TextRouter(detection);
    }

    @Bean
    TranslationService translationService(
            DragomanProperties properties,
            Ticker ticker,
            TranslationMetrics metrics,
            ModelUse use,
            MeterRegistry meters,
            @Value("${server.max-http-request-header-size}") DataSize headers) {
        int room = OpenRequests.room(Runtime.getRuntime().maxMemory(), headers.toBytes());
        return new TranslationService(
                properties.translation(), ticker, metrics, use, new OpenRequests(room, ticker, meters));
    }

    @Bean
    TranslationMetrics translationMetrics(MeterRegistry meters) {
        return new TranslationMetrics(meters);
    }
}
