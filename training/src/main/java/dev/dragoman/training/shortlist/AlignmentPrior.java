package dev.dragoman.training.shortlist;

/**
 * Where in the source a target token's origin is likely to be, before the pieces are looked at: near the diagonal. With m source and n target
 * tokens, both counted from 1, source i has the probability {@code exp(-tension * |i/m - j/n|)} over the sum of these for all i (Dyer et al.
 * 2013, eq. 2, without the share of the null word). A tension of 0 makes all equal, as in IBM model 1.
 */
final class AlignmentPrior {
    private final double tension;

    AlignmentPrior(double tension) {
        this.tension = tension;
    }

    /**
     * The probabilities for one target token.
     *
     * @param weights {@code [at least m]}, overwritten from 0 to m - 1
     * @param position j, from 1 to n
     */
    void fill(double[] weights, int sourceLength, int position, int targetLength) {
        // Each step away from the diagonal multiplies by the same number, so that two exponentials are enough for all
        // i.
        double step = Math.exp(-tension / sourceLength);
        double diagonal = (double) position * sourceLength / targetLength;
        int below = (int) ((long) position * sourceLength / targetLength);
        double sum = 0;
        double weight = Math.exp(-tension * (diagonal - below) / sourceLength);
        for (int i = below; i >= 1; i--) {
            weights[i - 1] = weight;
            sum += weight;
            weight *= step;
        }
        weight = Math.exp(-tension * (below + 1 - diagonal) / sourceLength);
        for (int i = below + 1; i <= sourceLength; i++) {
            weights[i - 1] = weight;
            sum += weight;
            weight *= step;
        }
        for (int i = 0; i < sourceLength; i++) {
            weights[i] /= sum;
        }
    }
}
