package dev.dragoman.app.system;

import dev.dragoman.app.configuration.DragomanProperties;
import jakarta.servlet.MultipartConfigElement;
import java.time.Duration;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.tomcat.autoconfigure.TomcatServerProperties;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What {@code application.yaml} cannot say about Tomcat. */
@Configuration(proxyBeanMethods = false)
class WebServerConfiguration {
    /** On two processors a hundred requests are worked on in a third of it. */
    private static final Duration LONGEST_TURN = Duration.ofMillis(100);

    @Bean
    WebServerFactoryCustomizer<TomcatWebServerFactory> errorBodies(DragomanProperties properties) {
        int limit = (int) Math.min(properties.limits().requestSize().toBytes(), Integer.MAX_VALUE);
        return factory -> {
            factory.addContextCustomizers(context ->
                    ((StandardHost) context.getParent()).setErrorReportValveClass(ErrorBodyValve.class.getName()));
            factory.addConnectorCustomizers(connector -> {
                askForBodies(connector);
                connector.setMaxPostSize(limit);
                // Clients of DeepL and LibreTranslate ask for languages with GET and a form.
                connector.setParseBodyMethods("POST,GET");
            });
        };
    }

    /** A client that asks before it sends a body ({@code Expect: 100-continue}) is told to go on when the body is wanted, not before it is judged. */
    static void askForBodies(Connector connector) {
        if (!connector.setProperty("continueResponseTiming", "onRead")) {
            throw new IllegalStateException("Tomcat has no continueResponseTiming");
        }
    }

    @Bean
    WebServerFactoryCustomizer<TomcatWebServerFactory> bodyTime(
            DragomanProperties properties, TomcatServerProperties tomcat) {
        return factory -> factory.addEngineValves(new BodyTimeValve(
                properties.limits().requestTime(), tomcat.getMaxSwallowSize().toBytes()));
    }

    @Bean
    WebServerFactoryCustomizer<TomcatWebServerFactory> processorShare() {
        return factory -> factory.addEngineValves(
                new ProcessorShareValve(Runtime.getRuntime().availableProcessors(), LONGEST_TURN));
    }

    /** Fields of a multipart body are kept in memory whatever their size: texts of users are not written to disk. */
    @Bean
    MultipartConfigElement multipartConfiguration(DragomanProperties properties) {
        long limit = properties.limits().requestSize().toBytes();
        return new MultipartConfigElement("", limit, limit, (int) Math.min(limit, Integer.MAX_VALUE));
    }
}
