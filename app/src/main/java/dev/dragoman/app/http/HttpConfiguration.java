package dev.dragoman.app.http;

import dev.dragoman.app.configuration.DragomanProperties;
import java.util.List;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.boot.tomcat.autoconfigure.TomcatServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class HttpConfiguration {
    @Bean
    FormLimits formLimits(DragomanProperties properties, TomcatServerProperties tomcat) {
        return new FormLimits(
                properties.limits().requestSize().toBytes(), tomcat.getMaxParameterCount(), tomcat.getMaxPartCount());
    }

    @Bean
    ParameterReader parameterReader(JsonMapper json, FormLimits limits) {
        return new ParameterReader(json, limits);
    }

    @Bean
    WebMvcConfigurer answers(JsonMapper json) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                // Before whoever looks for a key in the body.
                registry.addInterceptor(new EncodedBodies()).order(Ordered.HIGHEST_PRECEDENCE);
            }

            @Override
            public void addReturnValueHandlers(List<HandlerMethodReturnValueHandler> handlers) {
                handlers.add(new AnswerHandler(json));
            }
        };
    }

    /** After Spring Boot's own, whose converter sends the end of every answer apart. */
    @Bean
    @Order
    ServerHttpMessageConvertersCustomizer wholeAnswers(JsonMapper json) {
        return converters -> converters.withJsonConverter(new WholeJsonConverter(json));
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
