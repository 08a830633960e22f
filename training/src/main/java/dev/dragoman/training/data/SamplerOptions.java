package dev.dragoman.training.data;

/**
 * How a {@link BatchSampler} orders and cuts a corpus.
 *
 * @param seed fixes the order; another seed gives another one
 * @param maximumTokens budget of a batch: rows times its longest source or target, whichever is longer, padding and control
 *     pieces included
 * @param maximumRows limit on the rows of a batch, at least 1; bounds the batches of very short sentences
 * @param windowPairs how many shuffled pairs are sorted by length together, at least 1: more makes less padding and less varied
 *     batches
 */
public record SamplerOptions(long seed, int maximumTokens, int maximumRows, int windowPairs) {
    /** Enough pairs for several batches of every length: about 4 % padding on real text at any budget. */
    private static final int WINDOW_PAIRS_PER_TOKEN = 25;

    public SamplerOptions {
        requirePositive("maximumTokens", maximumTokens);
        requirePositive("maximumRows", maximumRows);
        requirePositive("windowPairs", windowPairs);
    }

    /** No limit on rows, and a window that grows with the budget. */
    public static SamplerOptions of(long seed, int maximumTokens) {
        int windowPairs = (int) Math.min(Integer.MAX_VALUE, (long) WINDOW_PAIRS_PER_TOKEN * maximumTokens);
        return new SamplerOptions(seed, maximumTokens, Integer.MAX_VALUE, windowPairs);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }
}
