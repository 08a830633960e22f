package dev.dragoman.app.models;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.sentences.SentenceCache;
import dev.dragoman.app.sentences.StageListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ModelsConfiguration {
    private static final Duration DRAIN_MARGIN = Duration.ofSeconds(5);

    @Bean
    @ConditionalOnMissingBean
    ModelOpener modelOpener() {
        return ModelOpener.OF_FILES;
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
    ModelLoader modelLoader(
            DragomanProperties properties,
            ModelOpener opener,
            SentenceCache cache,
            Ticker ticker,
            MeterRegistry meters,
            ObjectProvider<StageListener> listener) {
        return new ModelLoader(
                properties, opener, cache, ticker, meters, listener.getIfAvailable(() -> StageListener.NONE));
    }

    @Bean
    ModelUse modelUse() {
        return new ModelUse();
    }

    @Bean
    Models models(ModelLoader loader, ModelUse use, DragomanProperties properties) {
        // No request lives longer than its deadline, but for the writing of its answer.
        return new Models(loader::load, use, properties.translation().deadline().plus(DRAIN_MARGIN));
    }

    @Bean
    ModelAdministration modelAdministration(Models models, ModelLoader loader, DragomanProperties properties) {
        return new ModelAdministration(models, loader, new ModelCatalogue(properties));
    }

    /** Runners end before the server counts as ready, and a runner that fails ends the start. */
    @Bean
    ApplicationRunner modelsOpen(Models models) {
        return arguments -> models.awaitOpen();
    }
}
