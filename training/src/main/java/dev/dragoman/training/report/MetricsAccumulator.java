package dev.dragoman.training.report;

import dev.dragoman.training.UpdateReport;
import org.jspecify.annotations.Nullable;

/** Adds up updates to one row: losses weigh by target tokens, all else by updates. */
final class MetricsAccumulator {
    private @Nullable UpdateReport last;
    private int updates;
    private long tokens;
    private double batchSeconds;
    private double loss;
    private double negativeLogLikelihood;
    private double gradientNorm;
    private double importanceCv;
    private double loadCv;

    void add(UpdateReport report) {
        last = report;
        updates++;
        tokens += report.targetTokens();
        batchSeconds += report.batchSeconds();
        loss += report.loss() * report.targetTokens();
        negativeLogLikelihood += report.negativeLogLikelihood() * report.targetTokens();
        gradientNorm += report.gradientNorm();
        importanceCv += report.importanceCv();
        loadCv += report.loadCv();
    }

    /** The row of what was added; there must be an update. */
    UpdateMetrics mean() {
        if (last == null) {
            throw new IllegalStateException("no update was added");
        }
        return new UpdateMetrics(
                last.update(),
                last.epoch(),
                last.seconds(),
                tokens / batchSeconds,
                loss / tokens,
                negativeLogLikelihood / tokens,
                last.learningRate(),
                gradientNorm / updates,
                importanceCv / updates,
                loadCv / updates);
    }
}
