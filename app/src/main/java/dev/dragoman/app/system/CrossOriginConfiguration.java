package dev.dragoman.app.system;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/** Which pages may call is for {@code dev.dragoman.app.security} to say; how the others are refused is said here. */
@Configuration(proxyBeanMethods = false)
class CrossOriginConfiguration {
    @Bean
    SmartInitializingSingleton crossOriginRefusal(
            @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping, JsonMapper json) {
        return () -> mapping.setCorsProcessor(new CrossOriginRefusal(json));
    }
}
