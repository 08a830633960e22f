package dev.dragoman.inference.search;

/**
 * The score by which finished hypotheses of different length are compared.
 *
 * <p>{@code s(Y, X) = log P(Y|X) / lp(Y) + cp(X; Y)}, where {@code lp(Y) = ((5 + |Y|) / 6)^alpha} and
 * {@code cp(X; Y) = beta * sum_i log(min(sum_j p[i,j], 1))} (Wu et al. 2016, section 7); {@code p[i,j]} is the attention of target
 * token j on source token i. As in the paper, {@code |Y|} and the sum over j leave {@code </s>} out, while {@code log P} includes it.
 * The sum over i takes every token the session attends to, its language piece and end symbol too. Where we deviate: a sum over j
 * below {@value #LEAST_COVERAGE} counts as that much, so that a source token without attention costs a bounded amount instead of
 * infinity.
 *
 * @param alpha length penalty, 0 or more; 0 compares plain log probabilities
 * @param beta coverage penalty, 0 or more; 0 disables
 */
record NormalisedScore(double alpha, double beta) {

    static final double LEAST_COVERAGE = 1e-3;

    /** {@code lp(Y)} of a target of {@code tokens} tokens, {@code </s>} excluded; grows with the length. */
    double lengthPenalty(int tokens) {
        return Math.pow((5.0 + tokens) / 6.0, alpha);
    }

    /**
     * {@code cp(X; Y)}, zero or less.
     *
     * @param coverage from {@code from} on, {@code [S]}: what each source token has been attended to in all, {@code </s>} excluded
     */
    double coveragePenalty(double[] coverage, int from, int sourceLength) {
        double sum = 0;
        for (int source = from; source < from + sourceLength; source++) {
            sum += Math.log(Math.max(LEAST_COVERAGE, Math.min(coverage[source], 1)));
        }
        return beta * sum;
    }

    /** The score without coverage penalty. */
    double of(double logProbability, int tokens) {
        return logProbability / lengthPenalty(tokens);
    }
}
