package dev.dragoman.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Of what decoder steps of the paper's network are measured. */
final class StepOptions {
    /** Of each source, as many as an English sentence has on average. */
    static final int TOKENS = 27;

    @Option(
            names = "--rows",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,4,8,32,64,256",
            description = "Numbers of rows (default: ${DEFAULT-VALUE}).")
    List<Integer> rows = List.of();

    @Mixin
    PaperOptions paper = new PaperOptions();

    /** So many sources of random pieces. */
    static int[][] sources(int count, Random random) {
        int[][] sources = new int[count][];
        Arrays.setAll(
                sources, i -> random.ints(TOKENS, 4, PaperOptions.VOCABULARY).toArray());
        return sources;
    }
}
