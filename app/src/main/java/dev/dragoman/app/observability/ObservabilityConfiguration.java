package dev.dragoman.app.observability;

import java.nio.file.Path;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ObservabilityConfiguration {
    @Bean
    ProcessMemory processMemory() {
        return new ProcessMemory(Path.of("/proc/self/status"));
    }

    @Bean
    @ConditionalOnBooleanProperty("dragoman.access-log")
    WebServerFactoryCustomizer<TomcatWebServerFactory> accessLog() {
        return factory -> factory.addEngineValves(new AccessLogValve());
    }
}
