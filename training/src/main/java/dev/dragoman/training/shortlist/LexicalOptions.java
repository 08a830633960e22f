package dev.dragoman.training.shortlist;

/**
 * How a {@link LexicalModel} is trained.
 *
 * @param iterations rounds of expectation maximisation, 1 to 100
 * @param nullProbability prior share of target tokens that come from no source token, 0 to below 1
 * @param tension how strongly origins keep to the diagonal, see {@link AlignmentPrior}; 0 disables
 * @param concentration of a symmetric Dirichlet prior over the pieces that a source piece becomes: below 1 it favours few of them
 *     (variational Bayes); from 0.01, or 0 for maximum likelihood
 */
public record LexicalOptions(int iterations, double nullProbability, double tension, double concentration) {
    /** Below it, exp(digamma(concentration)), a pair's weight where no count is left, would be 0 in a double. */
    private static final double LEAST_CONCENTRATION = 0.01;

    public LexicalOptions {
        require(iterations >= 1 && iterations <= 100, "iterations must be from 1 to 100, but is " + iterations);
        require(
                nullProbability >= 0 && nullProbability < 1,
                "nullProbability must be from 0 to below 1, but is " + nullProbability);
        require(tension >= 0 && tension <= 100, "tension must be from 0 to 100, but is " + tension);
        require(
                concentration == 0 || (concentration >= LEAST_CONCENTRATION && concentration <= 100),
                "concentration must be 0 or from " + LEAST_CONCENTRATION + " to 100, but is " + concentration);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
