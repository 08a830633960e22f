package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Trainings that are killed at random moments, again and again, and what becomes of them. */
class KilledTrainingTest {
    private static final int KILLS = 50;
    private static final int UPDATES = 150;
    private static final int EVERY = 4;

    /** Within it falls a kill, counted from the first update; a checkpoint takes some 20 ms, a validation some 200. */
    private static final int LATEST_MILLISECONDS = 700;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    Path folder;

    private Path recipe;

    @BeforeEach
    void write() throws IOException {
        recipe = ToyRun.write(folder, UPDATES, EVERY, 10);
    }

    private TrainProcess start(Path run, boolean resume) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("--recipe", recipe.toString(), "--data", folder.toString(), "--output", run.toString()));
        arguments.addAll(List.of("--report-every", "1"));
        if (resume) {
            arguments.add("--resume");
        }
        return TrainProcess.start(arguments.toArray(String[]::new));
    }

    private static int newestCheckpoint(Path run) throws IOException {
        try (Stream<Path> entries = Files.list(run.resolve("checkpoints"))) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("update-\\d{8}"))
                    .mapToInt(name -> Integer.parseInt(name.substring("update-".length())))
                    .max()
                    .orElse(0);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** All that was computed, of updates and validations, without times. */
    private static List<ObjectNode> rows(Path run) throws IOException {
        List<ObjectNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            try {
                if (JSON.readTree(line) instanceof ObjectNode row
                        && !row.path("kind").asString().equals("session")) {
                    row.remove(List.of("seconds", "tokensPerSecond"));
                    rows.add(row);
                }
            } catch (JacksonException torn) {
                // By a kill.
            }
        }
        return rows;
    }

    /** The last that the metrics tell of. */
    private static int lastUpdate(Path run) throws IOException {
        return !Files.exists(run.resolve("metrics.jsonl"))
                ? 0
                : rows(run).stream()
                        .mapToInt(row -> row.path("update").asInt())
                        .max()
                        .orElse(0);
    }

    private static void assertSameRun(Path actual, Path expected) throws IOException {
        String last = "checkpoints/update-%08d/".formatted(UPDATES);
        for (String file : List.of(
                last + "weights.safetensors",
                last + "optimizer.safetensors",
                "model/weights.safetensors",
                "best/weights.safetensors")) {
            assertThat(actual.resolve(file)).hasSameBinaryContentAs(expected.resolve(file));
        }
        assertThat(rows(actual)).isEqualTo(rows(expected));
    }

    /**
     * Each kill costs no more than the work since the checkpoint before it, and the run ends with every bit that an undisturbed one has: of
     * weights, optimiser, models and metrics.
     */
    @Test
    void killedAgainAndAgain_endsAsAnUndisturbedRun() throws Exception {
        Path straight = folder.resolve("straight");
        try (TrainProcess undisturbed = start(straight, false)) {
            assertThat(undisturbed.await()).as(undisturbed.output()).isZero();
        }
        Random random = new Random();
        int kills = 0;
        int runs = 0;
        while (kills < KILLS) {
            Path run = folder.resolve("killed" + runs++);
            boolean complete = false;
            while (!complete) {
                int before = newestCheckpoint(run);
                try (TrainProcess process = start(run, before > 0)) {
                    if (kills < KILLS) {
                        process.awaitTraining();
                        Thread.sleep(random.nextInt(LATEST_MILLISECONDS));
                        kills += process.kill() ? 1 : 0;
                    }
                    complete = process.await() == 0;
                    assertThat(process.output()).doesNotContain("Exception");
                }
                int after = newestCheckpoint(run);
                assertThat(after).as("checkpoint after the kill").isGreaterThanOrEqualTo(before);
                assertThat(lastUpdate(run) - after).as("updates that are lost").isLessThanOrEqualTo(EVERY);
            }
            assertSameRun(run, straight);
        }
    }
}
