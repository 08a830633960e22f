package dev.dragoman.app.system;

import dev.dragoman.app.http.ManagementPort;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The management port refuses as the other port does. Named in {@code META-INF/spring}. */
@ManagementPort
@ManagementContextConfiguration(proxyBeanMethods = false)
@Import(CrossOriginConfiguration.class)
class ManagementErrorConfiguration {
    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> managementErrorBodies() {
        return factory -> {
            factory.addContextCustomizers(context ->
                    ((StandardHost) context.getParent()).setErrorReportValveClass(ErrorBodyValve.class.getName()));
            factory.addConnectorCustomizers(WebServerConfiguration::askForBodies);
        };
    }
}
