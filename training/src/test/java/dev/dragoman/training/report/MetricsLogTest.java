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
        file = directory.resolve("run/metrics.csv");
    }

    @Test
    void append_isReadBack() throws IOException {
        try (MetricsLog log = MetricsLog.create(file)) {
            log.append(update(100));
            log.append(dev(100, "en-fr"));
            log.append(UNTRANSLATED);
            assertThat(log.history().updates()).containsExactly(update(100));
            assertThat(log.history().evaluations()).containsExactly(dev(100, "en-fr"), UNTRANSLATED);
            assertThat(log.history().directions()).containsExactly("en-fr", "en-de");
            assertThat(log.history().seconds()).isEqualTo(12.5);
        }
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "update,epoch,seconds,tokens_per_second,loss,nll,learning_rate,gradient_norm,importance_cv,load_cv,"
                                + "idle_share,overflow,direction,dev_loss,dev_perplexity,dev_word_perplexity,dev_bleu,dev_chrf",
                        "100,2,12.5,1000.0,3.5,3.25,2.0E-4,1.5,0.25,,0.125,2.0,,,,,,",
                        "100,2,12.5,,,,,,,,,,en-fr,2.0,8.0,,30.5,55.25",
                        "100,2,12.5,,,,,,,,,,en-de,2.0,8.0,,,");
    }

    @Test
    void resume_cutsLaterRows() throws IOException {
        write(update(100), update(200), update(300));
        try (MetricsLog log = MetricsLog.resume(file, 200)) {
            log.append(update(250));
        }
        assertThat(MetricsLog.read(file).updates()).containsExactly(update(100), update(200), update(250));
    }

    @Test
    void resume_cutsARowThatWasNotFinished() throws IOException {
        write(update(100));
        Files.writeString(file, "200,2,12.5,1000.0,3.5,3.25,2.0E-4,1.5,0.", StandardOpenOption.APPEND);
        assertThat(MetricsLog.read(file).updates()).containsExactly(update(100));
        try (MetricsLog log = MetricsLog.resume(file, 1000)) {
            log.append(update(300));
        }
        assertThat(MetricsLog.read(file).updates()).containsExactly(update(100), update(300));
    }

    @Test
    void resume_withoutAFileBeginsALog() throws IOException {
        try (MetricsLog log = MetricsLog.resume(file, 10)) {
            log.append(update(20));
        }
        assertThat(MetricsLog.read(file).updates()).containsExactly(update(20));
    }

    @Test
    void create_replacesTheLogOfAnEarlierRun() throws IOException {
        write(update(100));
        MetricsLog.create(file).close();
        assertThat(MetricsLog.read(file)).isEqualTo(new MetricsHistory(List.of(), List.of()));
    }

    @Test
    void resume_foreignFileIsNotTouched() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "name,value\nx,1\n");
        assertThatThrownBy(() -> MetricsLog.resume(file, 10))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("metrics.csv");
        assertThat(Files.readString(file)).isEqualTo("name,value\nx,1\n");
    }

    @Test
    void append_directionWithComma() throws IOException {
        try (MetricsLog log = MetricsLog.create(file)) {
            assertThatThrownBy(() -> log.append(dev(1, "en,fr"))).isInstanceOf(IllegalArgumentException.class);
        }
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
        return new UpdateMetrics(update, 2, 12.5, 1000, 3.5, 3.25, 2e-4, 1.5, 0.25, Double.NaN, 0.125, 2);
    }

    private static DevMetrics dev(long update, String direction) {
        return new DevMetrics(update, 2, 12.5, direction, 2, 8, Double.NaN, 30.5, 55.25);
    }
}
