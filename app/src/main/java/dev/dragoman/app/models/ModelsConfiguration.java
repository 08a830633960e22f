package dev.dragoman.app.models;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.sentences.SentenceCache;
import dev.dragoman.inference.Translator;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ModelsConfiguration {
    @Bean
    @ConditionalOnMissingBean
    ModelOpener modelOpener() {
        return Translator::open;
    }

    @Bean
    Ticker ticker() {
        return Ticker.systemTicker();
    }

    @Bean
    SentenceCache sentenceCache(DragomanProperties properties, MeterRegistry meters) {
        return new SentenceCache(properties.cache().size(), meters);
    }

    @Bean
    Models models(
            DragomanProperties properties,
            ModelOpener opener,
            SentenceCache cache,
            Ticker ticker,
            MeterRegistry meters) {
        return new Models(new ModelLoader(properties, opener, cache, ticker, meters)::load);
    }

    /** Runners end before the server counts as ready, and a runner that fails ends the start. */
    @Bean
    ApplicationRunner modelsOpen(Models models) {
        return arguments -> models.awaitOpen();
    }
}
