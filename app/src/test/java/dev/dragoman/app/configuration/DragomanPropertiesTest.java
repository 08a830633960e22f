package dev.dragoman.app.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.app.configuration.DragomanProperties.BatchProperties;
import dev.dragoman.app.configuration.DragomanProperties.CacheProperties;
import dev.dragoman.app.configuration.DragomanProperties.CorsProperties;
import dev.dragoman.app.configuration.DragomanProperties.DatabaseProperties;
import dev.dragoman.app.configuration.DragomanProperties.DetectionProperties;
import dev.dragoman.app.configuration.DragomanProperties.LimitProperties;
import dev.dragoman.app.configuration.DragomanProperties.QueueProperties;
import dev.dragoman.app.configuration.DragomanProperties.SecurityProperties;
import dev.dragoman.app.configuration.DragomanProperties.TracesProperties;
import dev.dragoman.app.configuration.DragomanProperties.TranslationProperties;
import dev.dragoman.inference.TranslationOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

class DragomanPropertiesTest {
    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(DragomanProperties.class)
    static class OnlyProperties {}

    @Test
    void bind_defaults() {
        assertThat(bind())
                .isEqualTo(new DragomanProperties(
                        ".",
                        List.of("pretrained"),
                        new TranslationProperties(4, 0.6, 0.2, 2, Duration.ofSeconds(60)),
                        new LimitProperties(50_000, 256, 5, DataSize.ofMegabytes(2), Duration.ofSeconds(30)),
                        new QueueProperties(32_768, Duration.ofSeconds(2), Duration.ofMillis(250)),
                        new BatchProperties(1024, 64, 256, 0),
                        new CacheProperties(DataSize.ofMegabytes(64)),
                        new DetectionProperties(DetectionAccuracy.AUTO),
                        "data",
                        new DatabaseProperties("", "", ""),
                        new SecurityProperties(false),
                        new CorsProperties(List.of()),
                        List.of(),
                        true,
                        false,
                        new TracesProperties("", 0.1)));
    }

    @Test
    void bind_everyProperty() {
        assertThat(bind(
                        "dragoman.home=/opt/dragoman",
                        "dragoman.models=one,/srv/two",
                        "dragoman.translation.beam-size=2",
                        "dragoman.translation.length-penalty=1.5",
                        "dragoman.translation.coverage-penalty=0.3",
                        "dragoman.translation.maximum-length-factor=3",
                        "dragoman.translation.deadline=5s",
                        "dragoman.limits.characters=10",
                        "dragoman.limits.texts=11",
                        "dragoman.limits.alternatives=12",
                        "dragoman.limits.request-size=13KB",
                        "dragoman.queue.tokens=16",
                        "dragoman.queue.longest-wait=19s",
                        "dragoman.queue.hold=17ms",
                        "dragoman.batch.tokens=17",
                        "dragoman.batch.sentences=18",
                        "dragoman.batch.rows=21",
                        "dragoman.batch.workers=19",
                        "dragoman.cache.size=20MB",
                        "dragoman.detection.accuracy=low",
                        "dragoman.limits.request-time=14s",
                        "dragoman.data=/var/lib/dragoman",
                        "dragoman.database.url=jdbc:postgresql://db/dragoman",
                        "dragoman.database.username=me",
                        "dragoman.database.password=secret",
                        "dragoman.security.open=true",
                        "dragoman.cors.origins=https://a.example,http://localhost:3000",
                        "dragoman.model-roots=/srv/models",
                        "dragoman.pivot=false",
                        "dragoman.access-log=true",
                        "dragoman.traces.endpoint=http://collector:4318/v1/traces",
                        "dragoman.traces.probability=0.5"))
                .isEqualTo(new DragomanProperties(
                        "/opt/dragoman",
                        List.of("one", "/srv/two"),
                        new TranslationProperties(2, 1.5, 0.3, 3, Duration.ofSeconds(5)),
                        new LimitProperties(10, 11, 12, DataSize.ofKilobytes(13), Duration.ofSeconds(14)),
                        new QueueProperties(16, Duration.ofSeconds(19), Duration.ofMillis(17)),
                        new BatchProperties(17, 18, 21, 19),
                        new CacheProperties(DataSize.ofMegabytes(20)),
                        new DetectionProperties(DetectionAccuracy.LOW),
                        "/var/lib/dragoman",
                        new DatabaseProperties("jdbc:postgresql://db/dragoman", "me", "secret"),
                        new SecurityProperties(true),
                        new CorsProperties(List.of("https://a.example", "http://localhost:3000")),
                        List.of("/srv/models"),
                        false,
                        true,
                        new TracesProperties("http://collector:4318/v1/traces", 0.5)));
    }

    @Test
    void modelPaths_startAtHome() {
        assertThat(bind("dragoman.home=/opt/dragoman", "dragoman.models=one,/srv/two")
                        .modelPaths())
                .containsExactly(Path.of("/opt/dragoman/one"), Path.of("/srv/two"));
    }

    @Test
    void modelPaths_startAtTheWorkingDirectoryByDefault() {
        assertThat(bind().modelPaths()).containsExactly(Path.of("pretrained").toAbsolutePath());
    }

    @Test
    void options_widenTheBeamForAlternatives() {
        TranslationProperties properties = bind().translation();
        assertThat(properties.options(0)).isEqualTo(new TranslationOptions(4, 1, 0.6, 0.2, 2));
        assertThat(properties.options(3)).isEqualTo(new TranslationOptions(4, 4, 0.6, 0.2, 2));
        assertThat(properties.options(5)).isEqualTo(new TranslationOptions(6, 6, 0.6, 0.2, 2));
    }

    @Test
    void workerCount_isOnePerProcessorByDefault() {
        assertThat(bind().batch().workerCount()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(bind("dragoman.batch.workers=3").batch().workerCount()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "dragoman.translation.beam-size, 0",
        "dragoman.translation.beam-size, 65",
        "dragoman.translation.length-penalty, -0.1",
        "dragoman.translation.length-penalty, NaN",
        "dragoman.translation.coverage-penalty, 11.0",
        "dragoman.translation.maximum-length-factor, 0.1",
        "dragoman.translation.deadline, PT2H",
        "dragoman.translation.deadline, PT0S",
        "dragoman.limits.characters, 0",
        "dragoman.limits.texts, -1",
        "dragoman.limits.alternatives, 64",
        "dragoman.limits.request-size, 100B",
        "dragoman.queue.tokens, 15",
        "dragoman.batch.tokens, 1",
        "dragoman.batch.sentences, 0",
        "dragoman.batch.rows, 0",
        "dragoman.queue.longest-wait, PT0.009S",
        "dragoman.queue.hold, PT11S",
        "dragoman.batch.workers, 65",
        "dragoman.cache.size, -1B",
        "dragoman.cache.size, 1125899906842624B",
        "dragoman.traces.probability, 1.5",
    })
    void bind_aValueOutsideItsRange(String property, String value) {
        assertThatThrownBy(() -> bind(property + "=" + value))
                .rootCause()
                .hasMessageStartingWith(property + " must be from ")
                .hasMessageEndingWith(", but is " + value);
    }

    @ParameterizedTest
    @CsvSource({"dragoman.limits.charcters", "dragoman.limit.characters", "dragoman.modells"})
    void bind_anUnknownName(String property) {
        assertThatThrownBy(() -> bind(property + "=1")).rootCause().hasMessageContaining(property);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits.characters=zero | dragoman.limits.characters must be a whole number of at most 2147483647, but is zero",
                "limits.characters=9999999999 | dragoman.limits.characters must be a whole number of at most 2147483647, but is 9999999999",
                "translation.length-penalty=x | dragoman.translation.length-penalty must be a number, but is x",
                "pivot=perhaps | dragoman.pivot must be true or false, but is perhaps",
                "queue.hold=soon | dragoman.queue.hold must be a time such as 250ms, 30s or 2m, but is soon",
                "cache.size=2XB | dragoman.cache.size must be a size such as 512KB or 64MB, but is 2XB",
                "detection.accuracy=best | dragoman.detection.accuracy must be auto or high or low, but is best",
                "translation.beam-size=99 | dragoman.translation.beam-size must be from 1 to 64, but is 99",
                "modells=x | There is no property dragoman.modells",
                "limits.charcters=1 | There is no property dragoman.limits.charcters",
                "database.url=mysql://me:secret@host/x | dragoman.database.url must begin with jdbc:postgresql:, but begins with mysql:",
                "cors.origins=ftp://x | dragoman.cors.origins must be of the form https://HOST or http://HOST:PORT, without a path, or * alone, but one is ftp://x",
                "traces.endpoint=nonsense | dragoman.traces.endpoint must be of the form http://HOST:PORT/v1/traces or https://..., but is nonsense",
            })
    void analysis_namesPropertyAndValue(String property, String description) {
        assertThatThrownBy(() -> bind("dragoman." + property)).satisfies(fault -> {
            FailureAnalysis analysis = new PropertyFailureAnalyzer().analyze(fault);
            assertThat(analysis).isNotNull();
            assertThat(analysis.getDescription()).isEqualTo(description);
        });
    }

    private static DragomanProperties bind(String... properties) {
        String[] arguments = java.util.Arrays.stream(properties)
                .map(property -> "--" + property)
                .toArray(String[]::new);
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(OnlyProperties.class)
                .web(WebApplicationType.NONE)
                .run(arguments)) {
            return context.getBean(DragomanProperties.class);
        }
    }
}
