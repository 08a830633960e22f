package dev.dragoman.inference.search;

/**
 * How to search and how to rank what is found.
 *
 * @param beamSize W, live hypotheses per sentence, 1 to 4096; 1 is greedy search
 * @param nBest how many hypotheses to return per sentence, 1 to {@code beamSize}
 * @param lengthPenalty alpha of {@link NormalisedScore}, 0 to 10; 0 disables
 * @param coveragePenalty beta of {@link NormalisedScore}, 0 to 10; 0 disables
 * @param alignments whether hypotheses carry the attention they were produced with
 */
public record SearchOptions(int beamSize, int nBest, double lengthPenalty, double coveragePenalty, boolean alignments) {

    /** The most probable token at each step. */
    public static final SearchOptions GREEDY = new SearchOptions(1, 1, 0, 0, false);

    public SearchOptions {
        requireRange("beamSize", beamSize, 1, 4096);
        requireRange("nBest", nBest, 1, beamSize);
        requireRange("lengthPenalty", lengthPenalty, 0, 10);
        requireRange("coveragePenalty", coveragePenalty, 0, 10);
    }

    /** The single best hypothesis of a beam, ranked by the length penalty alone. */
    public static SearchOptions beam(int beamSize, double lengthPenalty) {
        return new SearchOptions(beamSize, 1, lengthPenalty, 0, false);
    }

    /** Whether the search has to ask for attention probabilities, which cost a transfer per step. */
    boolean needsAttention() {
        return coveragePenalty > 0 || alignments;
    }

    NormalisedScore normalisedScore() {
        return new NormalisedScore(lengthPenalty, coveragePenalty);
    }

    private static void requireRange(String name, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(name + " must be from " + from + " to " + to + ", but is " + value);
        }
    }

    private static void requireRange(String name, double value, int from, int to) {
        // Written so that NaN fails the comparison.
        if (!(value >= from && value <= to)) {
            throw new IllegalArgumentException(name + " must be from " + from + " to " + to + ", but is " + value);
        }
    }
}
