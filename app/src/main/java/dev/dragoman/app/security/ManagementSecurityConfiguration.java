package dev.dragoman.app.security;

import dev.dragoman.app.http.ManagementPort;
import dev.dragoman.app.http.ParameterReader;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** What the management port has beside the actuator. Named in {@code META-INF/spring}. */
@ManagementPort
@ManagementContextConfiguration(proxyBeanMethods = false)
class ManagementSecurityConfiguration {
    @Bean
    KeysController keysController(Keys keys, ParameterReader reader) {
        return new KeysController(keys, reader);
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> exposureOfManagement(
            Exposure exposure, ManagementServerProperties management) {
        return factory -> factory.setAddress(exposure.announced("management.server.address", management.getAddress()));
    }
}
