package dev.dragoman.inference.search;

/**
 * How much is decoded at a time. A sentence that is beyond them alone is decoded alone.
 *
 * @param rows live hypotheses: the sum of the beam sizes
 * @param sentences sentences
 * @param paddedTokens source tokens, padding included: the number of sentences times the longest
 */
public record SearchLimits(int rows, int sentences, int paddedTokens) {
    public SearchLimits {
        require("rows", rows);
        require("sentences", sentences);
        require("paddedTokens", paddedTokens);
    }

    /**
     * Whether so much may be in together.
     *
     * @param count sentences, all padded to the {@code longest} of them
     * @param beams the sum of their beam sizes
     */
    public boolean allow(int count, int beams, int longest) {
        return count <= 1 || (beams <= rows && count <= sentences && (long) count * longest <= paddedTokens);
    }

    private static void require(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }
}
