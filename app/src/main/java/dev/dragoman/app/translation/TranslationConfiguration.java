package dev.dragoman.app.translation;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.models.Models;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class TranslationConfiguration {
    @Bean
    TranslationRequestReader translationRequestReader(JsonMapper json, DragomanProperties properties) {
        return new TranslationRequestReader(json, properties.limits().requestSize());
    }

    @Bean
    RequestValidator requestValidator(DragomanProperties properties, Models models) {
        return new RequestValidator(properties.limits(), models);
    }

    @Bean
    TranslationService translationService(DragomanProperties properties, Ticker ticker) {
        return new TranslationService(properties.translation(), ticker);
    }

    @Bean
    TranslationMetrics translationMetrics(MeterRegistry meters) {
        return new TranslationMetrics(meters);
    }
}
