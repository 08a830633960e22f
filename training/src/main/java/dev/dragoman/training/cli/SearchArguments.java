package dev.dragoman.training.cli;

import dev.dragoman.inference.TranslationOptions;
import picocli.CommandLine.Option;

/** The options of a search. */
final class SearchArguments {
    @Option(
            names = {"-b", "--beam"},
            paramLabel = "N",
            defaultValue = "4",
            description = "Beam size; 1 is greedy search (default: ${DEFAULT-VALUE}).")
    int beam;

    @Option(
            names = "--length-penalty",
            paramLabel = "ALPHA",
            defaultValue = "0.6",
            description = "Alpha of the length penalty ((5 + n) / 6)^alpha; 0 disables (default: ${DEFAULT-VALUE}).")
    double lengthPenalty;

    @Option(
            names = "--coverage-penalty",
            paramLabel = "BETA",
            defaultValue = "0.2",
            description = "Beta of the coverage penalty; 0 disables (default: ${DEFAULT-VALUE}).")
    double coveragePenalty;

    /**
     * The options as a value.
     *
     * @throws CommandException if one is out of range; the message names it
     */
    TranslationOptions options(int nBest) {
        try {
            return new TranslationOptions(
                    beam, nBest, lengthPenalty, coveragePenalty, TranslationOptions.BEAM_4.maximumLengthFactor());
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }
}
