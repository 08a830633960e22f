package dev.dragoman.app.deepl;

import dev.dragoman.app.http.ParameterReader;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.translation.TextLimits;
import dev.dragoman.app.translation.TextRouter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DeepLConfiguration {
    @Bean
    DeepLRequestReader deepLRequestReader(ParameterReader reader, TextLimits limits, TextRouter router, Models models) {
        return new DeepLRequestReader(reader, limits, router, models);
    }

    @Bean
    TraceIdFilter traceIdFilter() {
        return new TraceIdFilter();
    }
}
