package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    private static final DevMetrics UNTRANSLATED =
            new DevMetrics(100, 2, 12.5, "en-de", 2, 8, Double.NaN, Double.NaN, Double.NaN);

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("run/metrics.jsonl");
    }

    @Test
    void append_isReadBack() throws IOException {
        try (MetricsLog log = MetricsLog.create(file)) {
            log.append(update(100));
            log.append(dev(100, "en-fr"));
            log.append(UNTRANSLATED);
            assertThat(MetricsLog.read(file).updates()).containsExactly(update(100));
            assertThat(MetricsLog.read(file).evaluations()).containsExactly(dev(100, "en-fr"), UNTRANSLATED);
            assertThat(MetricsLog.read(file).directions()).containsExactly("en-fr", "en-de");
            assertThat(MetricsLog.read(file).seconds()).isEqualTo(12.5);
        }
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"kind\":\"update\",\"update\":100,\"epoch\":2,\"seconds\":12.5,\"tokensPerSecond\":1000,\"loss\":3.5,"
                                + "\"negativeLogLikelihood\":3.25,\"learningRate\":2.0E-4,\"gradientNorm\":1.5,"
                                + "\"importanceCv\":0.25,\"loadCv\":null,\"idleShare\":0.125,\"overflow\":2,\"passedOver\":0}",
                        "{\"kind\":\"dev\",\"update\":100,\"epoch\":2,\"seconds\":12.5,\"direction\":\"en-fr\",\"loss\":2,"
                                + "\"perplexity\":8,\"wordPerplexity\":null,\"bleu\":30.5,\"chrf\":55.25}",
                        "{\"kind\":\"dev\",\"update\":100,\"epoch\":2,\"seconds\":12.5,\"direction\":\"en-de\",\"loss\":2,"
                                + "\"perplexity\":8,\"wordPerplexity\":null,\"bleu\":null,\"chrf\":null}");
    }

    @Test
    void append_everyKindIsReadBack() throws IOException {
        List<MetricsRow> rows = List.of(
                new SessionMetrics(0, 100, "toy", "2026-03-01T12:00:00Z"),
                update(10),
                new BalanceMetrics(10, "encoder.mixture1", 0.5, 0.25, 0, 2),
                new LoadMetrics(10, "encoder.mixture1", 10, 3, List.of(1.25, 0.75), List.of(2.0, 0.75)),
                dev(10, "en,\"fr\"\n"),
                new SampleMetrics(10, "en-fr", 1, "a\tb", "\u2028 </script>", "שלום \uD83D\uDE00 \u0000"));
        try (MetricsLog log = MetricsLog.create(file)) {
            for (MetricsRow row : rows) {
                log.append(row);
            }
        }
        assertThat(Files.readAllLines(file)).hasSize(rows.size());
        assertThat(MetricsLog.read(file)).isEqualTo(MetricsHistory.of(rows));
        assertThat(MetricsLog.read(file, kind -> kind.equals("dev")).evaluations())
                .hasSize(1);
        assertThat(MetricsLog.read(file, kind -> kind.equals("dev")).updates()).isEmpty();
    }

    @Test
    void read_aLineThatIsNoRowHidesNoOther() throws IOException {
        write(update(100));
        Files.writeString(file, "???\n{\"kind\":\"new\",\"update\":100}\n", StandardOpenOption.APPEND);
        try (MetricsLog log = MetricsLog.resume(file, 100, 100)) {
            log.append(update(200));
        }
        assertThat(MetricsLog.read(file).updates()).containsExactly(update(100), update(200));
    }

    @Test
    void resume_cutsLaterRows() throws IOException {
        write(update(100), update(200), update(300));
        try (MetricsLog log = MetricsLog.resume(file, 200, 200)) {
            log.append(update(250));
        }
        assertThat(MetricsLog.read(file).updates()).containsExactly(update(100), update(200), update(250));
    }

    @Test
    void resume_cutsARowThatWasNotFinished() throws IOException {
        write(update(100));
        Files.writeString(file, "{\"kind\":\"update\",\"update\":200,\"epo", StandardOpenOption.APPEND);
        assertThat(MetricsLog.read(file).updates()).containsExactly(update(100));
        try (MetricsLog log = MetricsLog.resume(file, 1000, 1000)) {
            log.append(update(300));
        }
        assertThat(MetricsLog.read(file).updates()).containsExactly(update(100), update(300));
    }

    @Test
    void resume_withoutAFileBeginsALog() throws IOException {
        try (MetricsLog log = MetricsLog.resume(file, 10, 10)) {
            log.append(update(20));
        }
        assertThat(MetricsLog.read(file).updates()).containsExactly(update(20));
    }

    @Test
    void create_replacesTheLogOfAnEarlierRun() throws IOException {
        write(update(100));
        MetricsLog.create(file).close();
        assertThat(MetricsLog.read(file)).isEqualTo(MetricsHistory.of(List.of()));
    }

    @Test
    void resume_foreignFileIsNotTouched() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "name,value\nx,1\n");
        assertThatThrownBy(() -> MetricsLog.resume(file, 10, 10))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("metrics.jsonl");
        assertThat(Files.readString(file)).isEqualTo("name,value\nx,1\n");
    }

    private void write(UpdateMetrics... rows) throws IOException {
        try (MetricsLog log = MetricsLog.create(file)) {
            for (UpdateMetrics row : rows) {
                log.append(row);
            }
        }
    }

    /** A model without experts has no CV of load: the cell is empty. */
    private static UpdateMetrics update(long update) {
        return new UpdateMetrics(update, 2, 12.5, 1000, 3.5, 3.25, 2e-4, 1.5, 0.25, Double.NaN, 0.125, 2, 0);
    }

    private static DevMetrics dev(long update, String direction) {
        return new DevMetrics(update, 2, 12.5, direction, 2, 8, Double.NaN, 30.5, 55.25);
    }
}
