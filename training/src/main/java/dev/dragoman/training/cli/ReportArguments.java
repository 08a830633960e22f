package dev.dragoman.training.cli;

import dev.dragoman.training.evaluation.Bootstrap;
import picocli.CommandLine.Option;

/** The options that say how sure a score is to be, and how it is printed. */
final class ReportArguments {
    /** How results are printed. */
    enum Format {
        TEXT,
        JSON
    }

    @Option(
            names = "--paired-bootstrap",
            description = "Compare systems with the first of --hypotheses by paired bootstrap resampling.")
    boolean pairedBootstrap;

    @Option(names = "--confidence", description = "Tell the 95 %% interval of each score, by bootstrap resampling.")
    boolean confidence;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Samples of a bootstrap (default: ${DEFAULT-VALUE}).")
    int samples = 1000;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "12345",
            description = "Seed of the samples, as SACREBLEU_SEED (default: ${DEFAULT-VALUE}).")
    long seed = 12345;

    @Option(
            names = "--sentence-level",
            description = "Score every sentence by itself instead of the corpus: a line each.")
    boolean sentenceLevel;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "${COMPLETION-CANDIDATES}, in small letters too (default: ${DEFAULT-VALUE}).")
    Format format = Format.TEXT;

    @Option(
            names = "--width",
            paramLabel = "N",
            defaultValue = "2",
            description = "Digits of a score behind the point (default: ${DEFAULT-VALUE}).")
    int width = 2;

    /**
     * The resampling.
     *
     * @throws CommandException if an option is out of range or does not go with another
     */
    Bootstrap bootstrap() {
        if (samples < 2 || samples > 1_000_000) {
            throw new CommandException("--samples must be from 2 to 1000000, but is " + samples);
        }
        if (seed < 0) {
            throw new CommandException("--seed must be 0 or more, but is " + seed);
        }
        return new Bootstrap(samples, seed);
    }

    /** Checks what {@link #bootstrap} does not. */
    void validate() {
        if (width < 0 || width > 15) {
            throw new CommandException("--width must be from 0 to 15, but is " + width);
        }
        if (sentenceLevel && (confidence || pairedBootstrap)) {
            throw new CommandException(
                    "--sentence-level has no statistics: leave --confidence and --paired-bootstrap out");
        }
    }
}
