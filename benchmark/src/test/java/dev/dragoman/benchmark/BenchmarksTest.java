package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

    /** Against a peer that counts what it is told to do, and claims a second for each update. */
    @Test
    void training_comparesWithTheShareOfThePeakAndWithAPeer() throws IOException {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), """
                name: tiny
                pieces: none
                corpora: [{file: none, source: en, target: fr}]
                development: []
                maximumTokens: 40
                network:
                  vocabularySize: 200
                  width: 16
                  lstmCells: 16
                  encoderLayers: 2
                  decoderLayers: 2
                  bidirectional: true
                  residualFrom: 1
                  attention: {form: PARALLEL, score: FACTORISED, size: 8}
                  mixture: {experts: 4, perRow: 2, hidden: 16, encoderAfter: [1], decoderAfter: [1],
                            importanceWeight: 0.01, loadWeight: 0.01, noiseFloor: 0.01, sigmoid: false}
                  sharedSoftmax: true
                  dropout: 0
                  maximumLength: 40
                training:
                  seed: 1
                  precision: FLOAT32
                  tokensPerBatch: 200
                  updates: 10
                  labelSmoothing: 0.1
                  learningRate: {peak: 0.001, warmup: 0, constant: 10, cooldown: 0}
                  adam: {beta1: 0.9, beta2: 0.98, epsilon: 1.0e-8}
                  clipNorm: 1
                  checkpointEvery: 10
                  keepCheckpoints: 1
                  validateEvery: 10
                  validateSentences: 0
                  modelPrecision: F32
                """);
        Path peer = Files.writeString(
                folder.resolve("python"),
                "#!/bin/sh\n[ \"$1\" = -c ] && exit 0; echo counting peer; while read n; do echo \"$n $n 0\"; echo $n >> '"
                        + folder + "/updates'; done");
        Files.setPosixFilePermissions(peer, PosixFilePermissions.fromString("rwx------"));

        String output = run(
                "training",
                "--recipe",
                recipe.toString(),
                "--precision",
                "FLOAT32",
                "--updates",
                "2",
                "--python",
                peer.toString());

        assertThat(output).contains("peer: counting peer parameters", "**Updates FLOAT32**");
        String[] row = Files.readAllLines(folder.resolve("training-Updates-FLOAT32.csv"))
                .get(1)
                .split(",");
        assertThat(row[6]).as("a second an update").isEqualTo("1000");
        assertThat(Double.parseDouble(row[0]) * Double.parseDouble(row[7]))
                .as("the rate against the peer")
                .isCloseTo(1000, withinPercentage(2));
        // Once without counting, once in the round.
        assertThat(folder.resolve("updates")).hasContent("2\n2\n");
        assertThat(folder.resolve("training-job.json")).content().contains("\"batches\"", "\"FACTORISED\"");
    }
}
