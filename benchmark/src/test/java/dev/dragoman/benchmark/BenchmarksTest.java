package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every benchmark of a layer runs, if on a few experts only. */
class BenchmarksTest {
    @TempDir
    Path folder;

    private String run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--output", folder.toString(), "--rounds", "1", "--quick-ceilings"));
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        int status = Benchmarks.commandLine()
                .setOut(new PrintWriter(output))
                .setErr(new PrintWriter(errors))
                .execute(all.toArray(new String[0]));
        assertThat(errors.toString()).isEmpty();
        assertThat(status).isZero();
        return output.toString();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void training_comparesWithDenseAndWithTheFirst() throws IOException {
        String output = run(
                "mixture-training",
                "--size",
                "32x16",
                "--experts",
                "4,1024",
                "--rows",
                "64",
                "--precision",
                "bfloat16");

        assertThat(output).contains("| 4 |", "| 1024 |", "| 1024 in 32 groups |", "load average");
        assertThat(files())
                .containsExactly(
                        "mixture-training-64-rows-32x16-bfloat16.csv",
                        "mixture-training-64-rows-32x16-bfloat16.svg",
                        "mixture-training.md");
        assertThat(Files.readString(folder.resolve("mixture-training.md")).replace("\n", System.lineSeparator()))
                .isEqualTo(output);
        assertThat(Files.readAllLines(folder.resolve("mixture-training-64-rows-32x16-bfloat16.csv")))
                .hasSize(4);
    }

    @Test
    void decoder_servesEveryPrecision_andLeavesNoWeights() throws IOException {
        String output = run("mixture-decoder", "--size", "32x16", "--experts", "8", "--rows", "2,5");

        assertThat(output).contains("float32 uniform", "bfloat16 zipf", "int8 zipf", "| 8 | 5 |");
        assertThat(files()).allMatch(name -> name.endsWith(".md") || name.endsWith(".csv"));
    }

    @Test
    void encoder_serves() {
        assertThat(run("mixture-encoder", "--size", "32x16", "--experts", "8", "--rows", "20", "--routing", "uniform"))
                .contains("| 8 | 20 | 8.00 |");
    }

    @Test
    void sweep_trainsAndServesOneLevelAndTwo() throws IOException {
        assertThat(run("mixture-sweep", "--from", "1024", "--to", "2048", "--rows", "64"))
                .contains("| 1024 |", "| 2048 in 64 groups |");
        assertThat(files()).contains("mixture-sweep-steps.svg");
    }

    @Test
    void wrongOptions_areToldOfInALine() {
        StringWriter errors = new StringWriter();
        int status = Benchmarks.commandLine()
                .setErr(new PrintWriter(errors))
                .execute("mixture-sweep", "--from", "5", "--output", folder.toString());

        assertThat(status).isEqualTo(1);
        assertThat(errors.toString()).contains("--from must be a power of two").hasLineCount(1);
    }
}
