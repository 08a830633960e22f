package dev.dragoman.training.report;

/**
 * One evaluation on the development set of one direction.
 *
 * @param update number of updates done
 * @param epoch counted from 0
 * @param seconds since the run began
 * @param direction for example {@code en-fr}
 * @param loss negative log likelihood per target token, no dropout, no smoothing
 * @param perplexity {@code exp(loss)}
 * @param wordPerplexity of a language model; NaN of a translation model
 * @param bleu 0 to 100; NaN if nothing was translated this time
 * @param chrf 0 to 100; NaN if nothing was translated this time
 */
public record DevMetrics(
        long update,
        int epoch,
        double seconds,
        String direction,
        double loss,
        double perplexity,
        double wordPerplexity,
        double bleu,
        double chrf)
        implements MetricsRow {

    /** An evaluation that scores the references only. */
    public static DevMetrics ofLoss(long update, int epoch, double seconds, String direction, double loss) {
        return new DevMetrics(
                update, epoch, seconds, direction, loss, Math.exp(loss), Double.NaN, Double.NaN, Double.NaN);
    }

    /** The same with the scores of translations. */
    public DevMetrics withScores(double newBleu, double newChrf) {
        return new DevMetrics(update, epoch, seconds, direction, loss, perplexity, wordPerplexity, newBleu, newChrf);
    }
}
