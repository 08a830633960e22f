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

    /** {@code cp(X; Y)}, zero or less. Shape: attention {@code [tokens][S]}, {@code </s>} excluded. */
    double coveragePenalty(float[][] attention, int sourceLength) {
        double sum = 0;
        for (int source = 0; source < sourceLength; source++) {
            double coverage = 0;
            for (float[] token : attention) {
                coverage += token[source];
            }
            sum += Math.log(Math.max(LEAST_COVERAGE, Math.min(coverage, 1)));
        }
        return beta * sum;
    }

    /** The score without coverage penalty. */
    double of(double logProbability, int tokens) {
        return logProbability / lengthPenalty(tokens);
    }

    /** {@code s(Y, X)}. */
    double of(double logProbability, int tokens, float[][] attention, int sourceLength) {
        return of(logProbability, tokens) + coveragePenalty(attention, sourceLength);
    }
}
