package dev.dragoman.app.models;

import dev.dragoman.app.models.ModelLoader.OpenModel;
import dev.dragoman.app.sentences.SentenceMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/**
 * The meters of the open models, all of them with the tag {@code model}: made when a model begins to serve, removed when it is closed, so
 * that neither a closed model is kept in memory by its gauges nor another of its name reports through them.
 *
 * <p>The gauge {@code translation.model.bytes}: weights of the model on disk, which are mapped or read into memory.
 */
final class ModelMetrics {
    private final MeterRegistry registry;

    ModelMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    MeterRegistry registry() {
        return registry;
    }

    void watch(String name, OpenModel model) {
        Gauge.builder("translation.model.bytes", model.description().bytes(), Long::doubleValue)
                .tag("model", name)
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
        ExpertMetrics.register(registry, name, model.translator());
    }

    /** What is measured of the sentences of a model. */
    SentenceMetrics sentences(String name) {
        return new SentenceMetrics(registry, name);
    }

    /** Removes every meter of a model; those who still count with them do so in vain. */
    void forget(String name) {
        List.copyOf(registry.getMeters()).stream()
                .filter(meter -> name.equals(meter.getId().getTag("model")))
                .forEach(registry::remove);
    }
}
