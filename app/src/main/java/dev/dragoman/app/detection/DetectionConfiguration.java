package dev.dragoman.app.detection;

import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.models.Language;
import dev.dragoman.app.models.Models;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DetectionConfiguration {
    @Bean
    LanguageDetection languageDetection(DragomanProperties properties, Models models) {
        return new LanguageDetection(
                () -> models.current().languages().stream().map(Language::code).toList(),
                properties.detection().accuracy());
    }

    /** Not before the server is ready: the first translation is waited for more than the first detection. */
    @Bean
    ApplicationListener<ApplicationReadyEvent> detectionWarmUp(LanguageDetection detection) {
        return event -> detection.warmUp();
    }
}
