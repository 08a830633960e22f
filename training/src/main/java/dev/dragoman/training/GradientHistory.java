package dev.dragoman.training;

/**
 * Moving average and variance of the logarithm of the gradient's norm, from which {@link Recipe.AdaptiveClip} tells the ordinary.
 *
 * @param mean the average
 * @param variance around it
 * @param norms how many have been seen
 */
public record GradientHistory(double mean, double variance, long norms) {
    /** Before the first update. */
    public static final GradientHistory NONE = new GradientHistory(0, 0, 0);

    /** The variance never counts as less, or a run of equal norms would let nothing else pass. */
    private static final double LEAST_DEVIATION = 0.01;

    /** The largest norm that is in the ordinary; infinite before there is an ordinary. */
    double largestNorm(Recipe.AdaptiveClip clip) {
        return norms < clip.after() ? Double.POSITIVE_INFINITY : Math.exp(mean + clip.deviations() * deviation());
    }

    /** With one more norm: no more of it than was the largest, so that what is passed over moves the average, but not by much. */
    GradientHistory with(double norm, Recipe.AdaptiveClip clip) {
        double value = Math.log(Math.max(Double.MIN_NORMAL, Math.min(norm, largestNorm(clip))));
        // In the beginning the plain average, or the first norm would weigh most for long.
        double weight = Math.max(1 - clip.decay(), 1.0 / (norms + 1));
        double step = value - mean;
        double newMean = mean + weight * step;
        double newVariance = (1 - weight) * (variance + weight * step * step);
        return new GradientHistory(newMean, newVariance, norms + 1);
    }

    private double deviation() {
        return Math.max(LEAST_DEVIATION, Math.sqrt(variance));
    }
}
