package dev.dragoman.app.security;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.http.ParameterReader;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
    @Bean
    Keys keys(DragomanProperties properties, Ticker ticker) {
        return new Keys(new Database(properties, Keys.PATIENCE), Clock.systemUTC(), timeOf(ticker));
    }

    static TimeMeter timeOf(Ticker ticker) {
        return new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return ticker.read();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> keysFollower(Keys keys) {
        return event -> keys.follow();
    }

    @Bean
    Refusals refusals(MeterRegistry registry) {
        return new Refusals(registry);
    }

    @Bean
    Quotas quotas(Keys keys, Refusals refusals) {
        return new Quotas(keys, refusals);
    }

    @Bean
    Exposure exposure(Keys keys, DragomanProperties properties) {
        return new Exposure(keys, properties.security().open());
    }

    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> exposureOfTranslations(
            Exposure exposure, ServerProperties server) {
        return factory -> factory.setAddress(exposure.announced("server.address", server.getAddress()));
    }

    /** For this context and that of the management port alike. */
    @Bean
    WebMvcConfigurer access(
            Keys keys,
            ObjectProvider<ParameterReader> reader,
            Quotas quotas,
            Refusals refusals,
            DragomanProperties properties) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(
                        new AccessInterceptor(keys, new Credentials(reader.getObject()), quotas, refusals));
            }

            @Override
            public void addCorsMappings(CorsRegistry registry) {
                CrossOrigin.configure(registry, properties.cors().origins());
            }
        };
    }
}
