package dev.dragoman.app.http;

import dev.dragoman.app.configuration.DragomanProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class HttpConfiguration {
    @Bean
    ParameterReader parameterReader(JsonMapper json, DragomanProperties properties) {
        return new ParameterReader(
                json, properties.limits().requestSize(), properties.limits().requestTime());
    }

    @Bean
    ConnectionWatch connectionWatch() {
        return new ConnectionWatch();
    }

    @Bean
    RequestOrigins requestOrigins(ConnectionWatch connections) {
        return new RequestOrigins(connections);
    }
}
