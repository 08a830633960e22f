package dev.dragoman.app.models;

import dev.dragoman.inference.ExpertUse;
import dev.dragoman.inference.Translator;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What is measured about the experts of each mixture layer since their model was opened, with the tags {@code model} and {@code layer}.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><td>{@code translation.experts.rows}</td><td>gauge: rows computed by all experts</td></tr>
 * <tr><td>{@code translation.experts.importance.cv}</td><td>gauge: standard deviation over mean of the sums of gates</td></tr>
 * <tr><td>{@code translation.experts.load.cv}</td><td>gauge: likewise of the rows of each expert</td></tr>
 * <tr><td>{@code translation.experts.idle}</td><td>gauge: share of experts that have computed nothing</td></tr>
 * <tr><td>{@code translation.experts.overflow}</td><td>gauge: rows of the busiest expert over the mean</td></tr>
 * </table>
 */
final class ExpertMetrics {
    private ExpertMetrics() {}

    /** Registers the gauges of a model. They are computed when they are read, in time proportional to the number of experts. */
    static void register(MeterRegistry registry, String model, Translator translator) {
        List<ExpertUse> layers = translator.expertUse();
        for (int i = 0; i < layers.size(); i++) {
            Tags tags = Tags.of("model", model, "layer", layers.get(i).layer());
            gauge(registry, "rows", tags, translator, i, ExpertUse::rows);
            gauge(registry, "importance.cv", tags, translator, i, ExpertUse::importanceCv);
            gauge(registry, "load.cv", tags, translator, i, ExpertUse::loadCv);
            gauge(registry, "idle", tags, translator, i, ExpertUse::idleShare);
            gauge(registry, "overflow", tags, translator, i, ExpertUse::overflow);
        }
    }

    private static void gauge(
            MeterRegistry registry,
            String name,
            Tags tags,
            Translator translator,
            int layer,
            ToDoubleFunction<ExpertUse> value) {
        Gauge.builder(
                        "translation.experts." + name,
                        translator,
                        open -> value.applyAsDouble(open.expertUse().get(layer)))
                .tags(tags)
                .register(registry);
    }
}
