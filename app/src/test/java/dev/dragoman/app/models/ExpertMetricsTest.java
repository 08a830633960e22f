package dev.dragoman.app.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.TranslationOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpertMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeTranslator translator = new FakeTranslator("v1", TestServer.EN_FR);

    @Test
    void register_everyLayerHasItsGauges() {
        ExpertMetrics.register(registry, "model-0", translator);
        assertThat(gauge("importance.cv")).isEqualTo(0.5);
        assertThat(gauge("load.cv")).isEqualTo(0.25);
        assertThat(gauge("idle")).isEqualTo(0.125);
        assertThat(gauge("overflow")).isEqualTo(1.5);
    }

    @Test
    void rows_areReadWhenAskedFor() {
        ExpertMetrics.register(registry, "model-0", translator);
        assertThat(gauge("rows")).isZero();
        translator.translate(List.of("a"), TestServer.EN_FR, TranslationOptions.GREEDY);
        assertThat(gauge("rows")).isEqualTo(1);
    }

    private double gauge(String name) {
        return registry.get("translation.experts." + name)
                .tags("model", "model-0", "layer", "encoder.mixture1")
                .gauge()
                .value();
    }
}
