package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.training.GradientHistory;
import dev.dragoman.training.TrainingState;
import dev.dragoman.training.UpdateReport;
import dev.dragoman.training.ValidationReport;
import dev.dragoman.training.data.BatchPosition;
import dev.dragoman.training.report.TrainingProgress;
import dev.dragoman.training.report.TrainingReporter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunsCommandTest {
    private static final double NONE = Double.NaN;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void text_aLineForEveryRun() throws IOException {
        runs();
        assertThat(run(folder.toString())).isZero();
        assertThat(output.toString()).isEqualTo("""
                        run         state     updates     time  tokens/s  parameters  best
                        b (second)  stopped    3 of 4  0:30:00        10       1,234  en-fr BLEU 20.00, en-de BLEU 10.50
                        lm/a        complete   4 of 4  0:40:00        10       1,234  dev perplexity 27.50 per word
                        """);
        assertThat(errors.toString()).isEmpty();
    }

    @Test
    void text_ofManyDirectionsWhatStandsForAll() {
        report(
                "many",
                "many",
                1,
                direction("a", 10, NONE),
                direction("b", 20, NONE),
                direction("c", 30, NONE),
                direction("d", 40, NONE),
                direction("e", 50, NONE));
        report("lm", "lm", 1, direction("x", NONE, 10), direction("y", NONE, 20), direction("all", NONE, 15));
        assertThat(run(folder.toString())).isZero();
        assertThat(output.toString().lines().skip(1).toList().get(0)).endsWith("  all perplexity 15.00 per word");
        assertThat(output.toString().lines().skip(1).toList().get(1)).endsWith("  mean of 5 directions BLEU 30.00");
    }

    @Test
    void text_ofOneRun() throws IOException {
        runs();
        assertThat(run(folder.resolve("b").toString())).isZero();
        assertThat(output.toString().lines()).hasSize(2).last().asString().contains("second", "stopped");
    }

    @Test
    void sort_byScore() throws IOException {
        runs();
        report("c", "c", 1, direction("en-fr", 45, NONE));
        report("d", "d", 1, direction("en-fr", 5, NONE));
        report("e", "e", 1);
        assertThat(run(folder.toString(), "--sort", "score")).isZero();
        assertThat(output.toString().lines().skip(1).map(line -> line.substring(0, 1)))
                .containsExactly("c", "b", "d", "l", "e");
    }

    @Test
    void json_hasTheNumbers() throws IOException {
        runs();
        assertThat(run(folder.toString(), "--format", "json")).isZero();
        JsonNode runs = JsonMapper.builder().build().readTree(output.toString());
        assertThat(runs.size()).isEqualTo(2);
        assertThat(runs.at("/0/name").asString()).isEqualTo("second");
        assertThat(runs.at("/0/state").asString()).isEqualTo("stopped");
        assertThat(runs.at("/0/update").asInt()).isEqualTo(3);
        assertThat(runs.at("/0/best/1/bleu").asDouble()).isEqualTo(10.5);
        assertThat(runs.at("/1/best/0/wordPerplexity").asDouble()).isEqualTo(27.5);
        assertThat(runs.at("/1/best/0/bleu").isNull()).isTrue();
    }

    @Test
    void brokenRun_isToldAndHidesNoOther() throws IOException {
        runs();
        Files.writeString(folder.resolve("b/run.json"), "{");
        Files.createDirectories(folder.resolve("old"));
        Files.writeString(folder.resolve("old/metrics.jsonl"), "");
        assertThat(run(folder.toString())).isZero();
        assertThat(output.toString()).contains("lm/a").doesNotContain("second");
        assertThat(errors.toString().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("b is left out: ") && line.contains("run.json is not a run's file"))
                .anyMatch(line ->
                        line.contains("old is left out: ") && line.endsWith("run.json: no such file or folder"));
    }

    @Test
    void noRuns_isSaid() throws IOException {
        Files.createDirectories(folder.resolve("1/2/3/4/5"));
        assertThat(run(folder.toString())).isZero();
        assertThat(output.toString()).startsWith("no runs in " + folder);
        assertThat(run(folder.toString(), "--format", "JSON")).isZero();
        assertThat(output.toString()).endsWith("[ ]\n");
    }

    private void runs() {
        report("lm/a", "lm/a", 4, new ValidationReport.Direction("dev", 3, 27.5, NONE, NONE));
        report("b", "second", 3, direction("en-fr", 20, NONE), direction("en-de", 10.5, NONE));
    }

    private static ValidationReport.Direction direction(String name, double bleu, double words) {
        return new ValidationReport.Direction(name, 2, words, bleu, 2 * bleu);
    }

    private void report(String run, String name, int updates, ValidationReport.Direction... directions) {
        try (TrainingReporter reporter = new TrainingReporter(
                folder.resolve(run), name, 1, (first, last) -> TrainingProgress.onStandardOutput(first, last))) {
            reporter.begun(new TrainingState(0, BatchPosition.START, 0, -1, 0, 0, GradientHistory.NONE), 4, 1234);
            for (int update = 1; update <= updates; update++) {
                reporter.updated(new UpdateReport(
                        update, 4, 0, update * 600, 100, 10, 1, 1, 1e-3, 1, false, Map.of(), Map.of()));
            }
            reporter.validated(new ValidationReport(updates, List.of(directions)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "runs";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Dragoman.commandLine()
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(all);
    }
}
