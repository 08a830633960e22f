package dev.dragoman.app.libretranslate;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.http.ParameterReader;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.translation.TextLimits;
import dev.dragoman.app.translation.TextRouter;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

@Configuration(proxyBeanMethods = false)
class LibreTranslateConfiguration {
    @Bean
    TranslationRequestReader translationRequestReader(ParameterReader reader) {
        return new TranslationRequestReader(reader);
    }

    @Bean
    RequestValidator requestValidator(
            DragomanProperties properties, TextLimits textLimits, TextRouter router, Models models) {
        return new RequestValidator(properties.limits(), textLimits, router, models);
    }

    @Bean
    TranslatedFiles translatedFiles(Ticker ticker) {
        return new TranslatedFiles(ticker);
    }

    @Bean
    WebMvcRegistrations mapping() {
        return new WebMvcRegistrations() {
            @Override
            public RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
                return new StreamMapping();
            }
        };
    }

    @Bean
    StreamWriters streamWriters() {
        return new StreamWriters();
    }
}
