package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.dragoman.model.mixture.ExpertLoad;
import dev.dragoman.training.ExpertBalance;
import dev.dragoman.training.GradientHistory;
import dev.dragoman.training.TrainingState;
import dev.dragoman.training.UpdateReport;
import dev.dragoman.training.ValidationReport;
import dev.dragoman.training.data.BatchPosition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingReporterTest {
    private static final int UPDATES = 25;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void updated_rowsAreMeansWeightedByTokens() throws IOException {
        try (TrainingReporter reporter = reporter()) {
            reporter.updated(report(1, 100, 6));
            reporter.updated(report(2, 300, 2));
            for (int update = 3; update <= 10; update++) {
                reporter.updated(report(update, 50, 3));
            }
        }
        List<UpdateMetrics> rows = read().updates();
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).update()).isEqualTo(10);
        assertThat(rows.get(0).loss()).isCloseTo((600 + 600 + 1200) / 800.0, within(1e-6));
        assertThat(rows.get(0).tokensPerSecond()).isCloseTo(800 / 5.0, within(1e-4));
        assertThat(rows.get(0).loadCv()).isCloseTo(0.25, within(1e-6));
    }

    @Test
    void updated_lastUpdateEndsTheLastRow() throws IOException {
        try (TrainingReporter reporter = reporter()) {
            train(reporter, 1, UPDATES);
        }
        assertThat(read().updates()).extracting(UpdateMetrics::update).containsExactly(10L, 20L, 25L);
    }

    @Test
    void resume_givesTheLogOfAnUninterruptedRun() throws IOException {
        try (TrainingReporter reporter = reporter()) {
            train(reporter, 1, UPDATES);
        }
        MetricsHistory uninterrupted = read();
        try (TrainingReporter reporter = reporter()) {
            train(reporter, 1, 20);
        }
        // Killed at update 20; the newest checkpoint is of update 10.
        try (TrainingReporter reporter = reporter(10, 0)) {
            train(reporter, 11, UPDATES);
        }
        assertThat(read().updates()).isEqualTo(uninterrupted.updates());
        assertThat(read().balances()).isEqualTo(uninterrupted.balances());
        assertThat(read().loads()).isEqualTo(uninterrupted.loads());
        assertThat(read().sessions()).extracting(SessionMetrics::update).containsExactly(0L, 10L);
    }

    /** Killed after the validation of the checkpoint's update, which the checkpoint does not know of: it is done again. */
    @Test
    void resume_beforeAValidation_cutsItsRows() throws IOException {
        ValidationReport report = new ValidationReport(
                10,
                List.of(new ValidationReport.Direction("en-fr", 2, 30, 50)),
                List.of(new ValidationReport.Sample("en-fr", 0, "the end", "la fin", "fin")));
        try (TrainingReporter reporter = reporter()) {
            train(reporter, 1, 10);
            reporter.validated(report);
        }
        MetricsHistory before = read();
        try (TrainingReporter reporter = reporter(10, 0)) {
            assertThat(read().evaluations()).isEmpty();
            reporter.validated(report);
        }
        assertThat(read().updates()).isEqualTo(before.updates());
        assertThat(read().evaluations()).isEqualTo(before.evaluations());
        assertThat(read().samples()).isEqualTo(before.samples());
        reporter(10, 10).close();
        assertThat(read().evaluations()).isEqualTo(before.evaluations());
    }

    @Test
    void updated_passedOver_isCountedAndTold() throws IOException {
        try (TrainingReporter reporter = reporter()) {
            for (int update = 1; update <= 10; update++) {
                reporter.updated(new UpdateReport(
                        update, UPDATES, 0, update, 1, 1, 1, 1, 1, 50, update > 8, Map.of(), Map.of()));
            }
        }
        assertThat(read().updates().get(0).passedOver()).isEqualTo(2);
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("update 9: passed over, since a gradient norm of 50.0 is out of the ordinary");
    }

    @Test
    void validated_rowsPicturesAndLines() throws IOException {
        try (TrainingReporter reporter = reporter()) {
            train(reporter, 1, 20);
            reporter.validated(new ValidationReport(
                    20,
                    List.of(
                            new ValidationReport.Direction("en-fr", 2, 30, 50),
                            new ValidationReport.Direction("en-de", 3, 20, 40)),
                    List.of(new ValidationReport.Sample("en-fr", 0, "the end", "la fin", "fin"))));
            reporter.saved(Path.of("checkpoint-20"));
        }
        assertThat(read().evaluations())
                .extracting(DevMetrics::direction, DevMetrics::bleu, DevMetrics::seconds)
                .containsExactly(tuple("en-fr", 30.0, 10.0), tuple("en-de", 20.0, 10.0));
        assertThat(read().samples()).containsExactly(new SampleMetrics(20, "en-fr", 0, "the end", "la fin", "fin"));
        assertThat(directory.resolve(TrainingReporter.CURVES)).isNotEmptyFile();
        assertThat(directory.resolve(TrainingReporter.REPORT)).content().contains("the end", "\"stopped\"");
        assertThat(directory.resolve(TrainingReporter.EVENTS)).isNotEmptyDirectory();
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("dev en-fr: loss 2.0000", "BLEU 20.00, chrF2 40.00", "saved checkpoint-20");
    }

    @Test
    void close_tellsHowTheRunStands() throws IOException {
        try (TrainingReporter reporter = reporter()) {
            train(reporter, 1, 10);
            assertThat(RunSummary.read(directory).state()).isEqualTo(RunState.RUNNING);
        }
        RunSummary stopped = RunSummary.read(directory);
        assertThat(stopped.state()).isEqualTo(RunState.STOPPED);
        assertThat(stopped.update()).isEqualTo(10);
        assertThat(stopped.updates()).isEqualTo(UPDATES);
        assertThat(stopped.parameters()).isEqualTo(1234);
        try (TrainingReporter reporter = reporter(10, 0)) {
            train(reporter, 11, UPDATES);
        }
        assertThat(RunSummary.read(directory).state()).isEqualTo(RunState.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"curves.png", "report.html", "run.json", "events", "run.lock"})
    void failureOfWhatIsNotNeeded_isToldOnceAndTheRunGoesOn(String file) throws IOException {
        if (file.equals("events")) {
            Files.writeString(directory.resolve(file), "in the way");
        } else {
            Files.createDirectories(directory.resolve(file).resolve("in the way"));
        }
        try (TrainingReporter reporter = reporter()) {
            train(reporter, 1, UPDATES);
            reporter.validated(new ValidationReport(UPDATES, List.of()));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce(file + " is not written, and the run goes on");
        assertThat(read().updates()).hasSize(3);
    }

    @Test
    void log_thatCannotBeOpenedEndsTheRun() throws IOException {
        Files.createDirectories(directory.resolve(TrainingReporter.METRICS).resolve("in the way"));
        assertThatThrownBy(this::reporter)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(TrainingReporter.METRICS);
    }

    /** Two trainings of one folder would overwrite each other's checkpoints; the second does not begin. */
    @Test
    void folderInUse_isRefused_andItsLogStays() throws IOException {
        try (TrainingReporter first = reporter()) {
            train(first, 1, 20);
            assertThatThrownBy(this::reporter)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(
                            directory + " is the folder of a run that another process trains: stop that one, or name");
            train(first, 21, UPDATES);
        }
        assertThat(read().updates()).hasSize(3);
        reporter(UPDATES, 0).close();
    }

    @Test
    void updated_loadsOfEveryExpert() throws IOException {
        ExpertLoad load = new ExpertLoad(new float[4], new float[4], new int[] {6, 2, 0, 0});
        try (TrainingReporter reporter = reporter()) {
            for (int update = 1; update <= UPDATES; update++) {
                reporter.updated(new UpdateReport(
                        update, UPDATES, 0, update, 1, 1, 1, 1, 1, 1, false, Map.of(), Map.of("layer", load)));
            }
        }
        assertThat(read().loads())
                .containsExactly(
                        new LoadMetrics(10, "layer", 10, 4, List.of(3.0, 1.0, 0.0, 0.0), List.of()),
                        new LoadMetrics(20, "layer", 10, 4, List.of(3.0, 1.0, 0.0, 0.0), List.of()),
                        new LoadMetrics(25, "layer", 5, 4, List.of(3.0, 1.0, 0.0, 0.0), List.of()));
        // Without mixture layers to balance.
        assertThat(read().updates().get(0).importanceCv()).isNaN();
    }

    private static UpdateReport report(int update, Map<String, ExpertBalance> mixtures) {
        return new UpdateReport(update, UPDATES, 0, update * 0.5, 100, 0.5, 1, 1, 1e-3, 1, false, mixtures, Map.of());
    }

    @Test
    void updated_everyLayerHasItsRow() throws IOException {
        try (TrainingReporter reporter = reporter()) {
            for (int update = 1; update <= UPDATES; update++) {
                Map<String, ExpertBalance> mixtures = new LinkedHashMap<>();
                mixtures.put("encoder.mixture1", new ExpertBalance(update, 0.5, 0, 2, 8));
                mixtures.put("decoder.mixture1", new ExpertBalance(0.25, 0.125, 0.5, 3, 8));
                reporter.updated(report(update, mixtures));
            }
        }
        // Killed after update 20, the newest checkpoint being of update 10.
        Files.writeString(directory.resolve("metrics.jsonl"), "{\"kind\":\"balance\",\"upd", StandardOpenOption.APPEND);
        try (TrainingReporter reporter = reporter(10, 0)) {
            for (int update = 11; update <= 20; update++) {
                reporter.updated(report(update, Map.of("encoder.mixture1", new ExpertBalance(1, 0, 0, 2, 8))));
            }
        }
        assertThat(read().balances())
                .containsExactly(
                        new BalanceMetrics(10, "encoder.mixture1", 5.5, 0.5, 0, 2),
                        new BalanceMetrics(10, "decoder.mixture1", 0.25, 0.125, 0.5, 3),
                        new BalanceMetrics(20, "encoder.mixture1", 1, 0, 0, 2));
        UpdateMetrics means = read().updates().get(0);
        assertThat(means.importanceCv()).isEqualTo(2.875);
        assertThat(means.idleShare()).isEqualTo(0.25);
        assertThat(means.overflow()).isEqualTo(2.5);
    }

    @Test
    void updated_collapseIsToldOnceAndSoIsRecovery() throws IOException {
        try (TrainingReporter reporter = reporter()) {
            for (int update = 1; update <= UPDATES; update++) {
                double overflow = update <= 20 ? 48 : 2;
                reporter.updated(
                        report(update, Map.of("decoder.mixture1", new ExpertBalance(7, 7, 0.75, overflow, 64))));
            }
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce("warning: update 10: decoder.mixture1 has collapsed: its busiest expert computes 48.0"
                        + " times the mean (at most 64.0 are possible), 75 % of its experts nothing")
                .containsOnlyOnce("update 25: decoder.mixture1 has recovered: its busiest expert computes 2.0 times");
    }

    private TrainingReporter reporter() {
        return reporter(0, 0);
    }

    /** Of a run that goes on after so many updates, the last validation being of an update before. */
    private TrainingReporter reporter(int done, int validated) {
        PrintStream output = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        TrainingReporter reporter = new TrainingReporter(
                directory, "toy", 10, (first, last) -> new TrainingProgress(first, last, output, false, () -> 0));
        BatchPosition position = new BatchPosition(0, done);
        reporter.begun(
                new TrainingState(done, position, done * 0.5, 1, validated, 0, GradientHistory.NONE), UPDATES, 1234);
        return reporter;
    }

    private MetricsHistory read() throws IOException {
        return MetricsLog.read(directory.resolve(TrainingReporter.METRICS));
    }

    private static void train(TrainingReporter reporter, int from, int to) {
        for (int update = from; update <= to; update++) {
            reporter.updated(report(update, 100, 5.0 / update));
        }
    }

    private static UpdateReport report(int update, int tokens, double loss) {
        return new UpdateReport(
                update,
                UPDATES,
                0,
                update * 0.5,
                tokens,
                0.5,
                loss,
                loss,
                1e-3,
                1,
                false,
                Map.of("mixture", new ExpertBalance(0.5, 0.25, 0, 2, 8)),
                Map.of("mixture", new ExpertLoad(new float[2], new float[2], new int[] {tokens, 1})));
    }
}
