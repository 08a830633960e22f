package dev.dragoman.inference;

import dev.dragoman.inference.search.SearchOptions;

/**
 * How to search for a translation.
 *
 * @param beamSize live hypotheses per sentence, 1 to 64; 1 is greedy search
 * @param nBest how many translations to return, 1 to {@code beamSize}
 * @param lengthPenalty alpha of the GNMT length normalisation {@code ((5 + n) / 6)^alpha}, 0 to 10; 0 disables
 * @param coveragePenalty beta of the GNMT coverage penalty, 0 to 10; 0 disables
 * @param maximumLengthFactor a target may have this many tokens per source token, plus 10; 0.5 to 20
 * @param alignments whether hypotheses tell which source word each of their words translates
 * @param constraints what the translation has to be
 */
public record TranslationOptions(
        int beamSize,
        int nBest,
        double lengthPenalty,
        double coveragePenalty,
        double maximumLengthFactor,
        boolean alignments,
        TranslationConstraints constraints) {

    /** The fastest search: the most probable token at each step. */
    public static final TranslationOptions GREEDY = new TranslationOptions(1, 1, 0, 0, 2);

    /** Beam 4 with the penalties that scored best on the development sets of the default model. */
    public static final TranslationOptions BEAM_4 = new TranslationOptions(4, 1, 0.6, 0.2, 2);

    private static final int MAXIMUM_BEAM_SIZE = 64;
    static final int ALWAYS_ALLOWED_TOKENS = 10;

    public TranslationOptions {
        // A search takes wider beams; one request of a shared server does not.
        if (beamSize < 1 || beamSize > MAXIMUM_BEAM_SIZE) {
            throw new IllegalArgumentException(
                    "beamSize must be from 1 to " + MAXIMUM_BEAM_SIZE + ", but is " + beamSize);
        }
        if (!(maximumLengthFactor >= 0.5 && maximumLengthFactor <= 20)) {
            throw new IllegalArgumentException(
                    "maximumLengthFactor must be from 0.5 to 20, but is " + maximumLengthFactor);
        }
        searchOptions(beamSize, nBest, lengthPenalty, coveragePenalty, alignments);
    }

    /** Options without alignments and constraints. */
    public TranslationOptions(
            int beamSize, int nBest, double lengthPenalty, double coveragePenalty, double maximumLengthFactor) {
        this(beamSize, nBest, lengthPenalty, coveragePenalty, maximumLengthFactor, false, TranslationConstraints.NONE);
    }

    /** The same search, with alignments. */
    public TranslationOptions withAlignments() {
        return new TranslationOptions(
                beamSize, nBest, lengthPenalty, coveragePenalty, maximumLengthFactor, true, constraints);
    }

    /** The same search for {@code beamSize} hypotheses, of which {@code nBest} are returned. */
    public TranslationOptions withBeam(int beamSize, int nBest) {
        return new TranslationOptions(
                beamSize, nBest, lengthPenalty, coveragePenalty, maximumLengthFactor, alignments, constraints);
    }

    /** The search under other constraints, with as wide a beam as they need. */
    public TranslationOptions withConstraints(TranslationConstraints constraints) {
        return new TranslationOptions(
                constraints.beamSize(beamSize),
                nBest,
                lengthPenalty,
                coveragePenalty,
                maximumLengthFactor,
                alignments,
                constraints);
    }

    /** The most target tokens, {@code </s>} included, of a sentence of {@code sourceTokens} tokens. */
    public int maximumLength(int sourceTokens) {
        return (int) Math.ceil(maximumLengthFactor * sourceTokens) + ALWAYS_ALLOWED_TOKENS;
    }

    /** The part of these options that a search needs. */
    public SearchOptions search() {
        return searchOptions(beamSize, nBest, lengthPenalty, coveragePenalty, alignments);
    }

    private static SearchOptions searchOptions(
            int beamSize, int nBest, double lengthPenalty, double coveragePenalty, boolean alignments) {
        return new SearchOptions(beamSize, nBest, lengthPenalty, coveragePenalty, alignments);
    }
}
