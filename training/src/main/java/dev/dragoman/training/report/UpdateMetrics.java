package dev.dragoman.training.report;

/**
 * Training since the last report, means where not said otherwise; of the experts, over the mixture layers, NaN without them.
 *
 * @param update number of updates done
 * @param epoch counted from 0
 * @param seconds since the run began
 * @param tokensPerSecond target tokens, padding excluded
 * @param loss what is minimised: label-smoothed cross-entropy per target token, plus the balance losses
 * @param negativeLogLikelihood per target token, without smoothing; {@code exp} of it is the perplexity
 * @param learningRate of the last update
 * @param gradientNorm before clipping
 * @param importanceCv coefficient of variation of the experts' importance; 0 is even
 * @param loadCv coefficient of variation of the experts' load; 0 is even
 * @param idleShare share of experts that computed nothing, {@code [0, 1]}
 * @param overflow rows of the busiest expert over the mean
 * @param passedOver updates without effect, their gradient being out of the ordinary
 */
public record UpdateMetrics(
        long update,
        int epoch,
        double seconds,
        double tokensPerSecond,
        double loss,
        double negativeLogLikelihood,
        double learningRate,
        double gradientNorm,
        double importanceCv,
        double loadCv,
        double idleShare,
        double overflow,
        int passedOver)
        implements MetricsRow {}
