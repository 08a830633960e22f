package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunSummaryTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path run;

    @Test
    void read_bestOfEveryDirection() throws IOException {
        write(RunState.COMPLETE, RunRecord.host(), "2026-03-01T11:00:00Z");
        try (MetricsLog log = MetricsLog.create(run.resolve(TrainingReporter.METRICS))) {
            log.append(new SessionMetrics(0, 40, "toy", "2026-03-01T10:00:00Z"));
            log.append(dev(10, "en-fr", 12));
            log.append(dev(20, "en-fr", 30));
            log.append(dev(30, "en-fr", 29));
            log.append(DevMetrics.ofLoss(10, 0, 1, "dev", 2));
            log.append(DevMetrics.ofLoss(20, 0, 1, "dev", 3));
        }
        RunSummary summary = RunSummary.read(run, NOW);
        assertThat(summary.state()).isEqualTo(RunState.COMPLETE);
        assertThat(summary.best()).extracting(DevMetrics::update).containsExactly(20L, 10L);
        assertThat(summary.best()).extracting(DevMetrics::direction).containsExactly("en-fr", "dev");
    }

    @Test
    void state_isRunningWhileAProcessHoldsTheLock() throws Exception {
        write(RunState.RUNNING, RunRecord.host(), "2026-03-01T11:59:59Z");
        assertThat(RunSummary.read(run, NOW).state()).isEqualTo(RunState.STOPPED);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java, "-cp", System.getProperty("java.class.path"), Holder.class.getName(), run.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("true");
            // However long ago it gave a sign.
            assertThat(RunSummary.read(run, NOW.plusSeconds(86_400)).state()).isEqualTo(RunState.RUNNING);
            assertThat(RunLock.take(run)).isNull();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(RunSummary.read(run, NOW).state()).isEqualTo(RunState.STOPPED);
        RunLock lock = RunLock.take(run);
        assertThat(lock).isNotNull();
        assertThat(RunLock.held(run)).isTrue();
        lock.close();
        assertThat(RunLock.held(run)).isFalse();
    }

    /** Takes the lock of the run that it is told, says so, and lives until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            RunLock lock = RunLock.take(Path.of(arguments[0]));
            System.out.println(lock != null);
            Thread.sleep(TimeUnit.MINUTES.toMillis(1));
        }
    }

    @Test
    void state_onAnotherMachineIsThatOfTheLastSign() throws IOException {
        write(RunState.RUNNING, "another.example", "2026-03-01T11:56:00Z");
        assertThat(RunSummary.read(run, NOW).state()).isEqualTo(RunState.RUNNING);
        assertThat(RunSummary.read(run, NOW.plusSeconds(120)).state()).isEqualTo(RunState.STOPPED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"format\": 2}", "{\"format\": 1}", "{\"state\": \"asleep\"}", "null"})
    void read_brokenFileIsNamed(String text) throws IOException {
        Files.writeString(run.resolve(RunFile.NAME), text);
        assertThatThrownBy(() -> RunSummary.read(run))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("run.json");
    }

    @Test
    void read_brokenMetricsAreNamed() throws IOException {
        write(RunState.COMPLETE, "host", "2026-03-01T11:00:00Z");
        Files.writeString(run.resolve(TrainingReporter.METRICS), "update,loss\n1,2\n");
        assertThatThrownBy(() -> RunSummary.read(run))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("metrics.jsonl is not a log");
    }

    @Test
    void read_withoutItsFile() throws IOException {
        assertThat(RunSummary.isRun(run)).isFalse();
        MetricsLog.create(run.resolve(TrainingReporter.METRICS)).close();
        assertThat(RunSummary.isRun(run)).isTrue();
        assertThatThrownBy(() -> RunSummary.read(run)).isInstanceOf(NoSuchFileException.class);
    }

    private void write(RunState state, String host, String changed) throws IOException {
        new RunFile(RunFile.FORMAT, "toy", state, 1000, 40, 40, 20, 900, "2026-03-01T10:00:00Z", changed, host, 1)
                .write(run);
    }

    private static DevMetrics dev(long update, String direction, double bleu) {
        return DevMetrics.ofLoss(update, 0, 1, direction, 2).withScores(bleu, 2 * bleu);
    }
}
