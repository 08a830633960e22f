package dev.dragoman.training;

/**
 * What an optimiser is told of one update.
 *
 * @param update its number, from 1
 * @param learningRate its rate
 * @param largestNorm the largest global norm of the gradient with which anything moves; infinite for any
 */
public record Step(int update, double learningRate, double largestNorm) {
    /** Whatever the gradient's norm. */
    public Step(int update, double learningRate) {
        this(update, learningRate, Double.POSITIVE_INFINITY);
    }

    /** Whether parameters move with a gradient of this norm. */
    boolean takes(double norm) {
        return Double.isFinite(norm) && norm <= largestNorm;
    }
}
