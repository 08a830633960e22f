package dev.dragoman.training.report;

import dev.dragoman.training.ExpertBalance;
import dev.dragoman.training.UpdateReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds up updates to one row: losses weigh by target tokens, all else by updates. */
final class MetricsAccumulator {
    private static final ExpertBalance UNMEASURED =
            new ExpertBalance(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    private @Nullable UpdateReport last;
    private int updates;
    private long tokens;
    private double batchSeconds;
    private double loss;
    private double negativeLogLikelihood;
    private double gradientNorm;
    private int passedOver;
    private final Map<String, List<ExpertBalance>> mixtures = new LinkedHashMap<>();

    void add(UpdateReport report) {
        last = report;
        updates++;
        tokens += report.targetTokens();
        batchSeconds += report.batchSeconds();
        loss += report.loss() * report.targetTokens();
        negativeLogLikelihood += report.negativeLogLikelihood() * report.targetTokens();
        gradientNorm += report.gradientNorm();
        passedOver += report.passedOver() ? 1 : 0;
        report.mixtures()
                .forEach((layer, balance) -> mixtures.computeIfAbsent(layer, key -> new ArrayList<>())
                        .add(balance));
    }

    /** The row of what was added; there must be an update. */
    UpdateMetrics mean() {
        if (last == null) {
            throw new IllegalStateException("no update was added");
        }
        ExpertBalance balance = mixtures.isEmpty()
                ? UNMEASURED
                : ExpertBalance.mean(
                        mixtures.values().stream().map(ExpertBalance::mean).toList());
        return new UpdateMetrics(
                last.update(),
                last.epoch(),
                last.seconds(),
                tokens / batchSeconds,
                loss / tokens,
                negativeLogLikelihood / tokens,
                last.learningRate(),
                gradientNorm / updates,
                balance.importanceCv(),
                balance.loadCv(),
                balance.idleShare(),
                balance.overflow(),
                passedOver);
    }

    /** The balance of each mixture layer, bottom to top. */
    Map<String, ExpertBalance> balances() {
        Map<String, ExpertBalance> balances = new LinkedHashMap<>();
        mixtures.forEach((layer, ofUpdates) -> balances.put(layer, ExpertBalance.mean(ofUpdates)));
        return balances;
    }
}
