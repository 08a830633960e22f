package dev.dragoman.training.evaluation;

/**
 * Where 95 % of the scores of bootstrap samples lie.
 *
 * @param mean of the scores of all samples
 * @param halfWidth half the distance between the scores that a fortieth of the samples is below and above
 */
public record ConfidenceInterval(double mean, double halfWidth) {
    /** {@code μ = 31.24 ± 0.87}. */
    public String format(int digits) {
        return "μ = " + Decimal.format(mean, digits) + " ± " + Decimal.format(halfWidth, digits);
    }
}
