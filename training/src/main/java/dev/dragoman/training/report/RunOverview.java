package dev.dragoman.training.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is worth showing of a run, made of its rows one by one. It takes no more memory for a million updates than for a thousand.
 *
 * <p>Confined to one thread.
 */
final class RunOverview {
    static final List<String> TRAINING = List.of(
            "loss",
            "nll",
            "perplexity",
            "learningRate",
            "gradientNorm",
            "tokensPerSecond",
            "importanceCv",
            "loadCv",
            "idleShare",
            "overflow");
    static final List<String> DEVELOPMENT = List.of("loss", "perplexity", "wordPerplexity", "bleu", "chrf");
    static final List<String> BALANCE = List.of("importanceCv", "loadCv", "idleShare", "overflow");

    /** About as many as a chart has pixels. */
    private static final int TRAINING_POINTS = 600;

    private static final int DEVELOPMENT_POINTS = 400;
    private static final int BALANCE_POINTS = 200;
    private static final int LOAD_POINTS = 256;

    private final Curves training = new Curves(TRAINING, TRAINING_POINTS);
    private final Map<String, Curves> development = new LinkedHashMap<>();
    private final Map<String, Best> best = new LinkedHashMap<>();
    private final Map<String, Curves> balances = new LinkedHashMap<>();
    private final Map<String, Loads> loads = new LinkedHashMap<>();
    private final SampleHistory samples = new SampleHistory();
    private final List<SessionMetrics> sessions = new ArrayList<>();
    private @Nullable UpdateMetrics last;

    /**
     * The evaluation of a direction that scored best: of the highest BLEU, or without that of the lowest loss.
     *
     * @param latest the newest evaluation, for comparison
     */
    record Best(DevMetrics metrics, DevMetrics latest) {
        private Best add(DevMetrics next) {
            boolean better = Double.isNaN(next.bleu())
                    ? Double.isNaN(metrics.bleu()) && next.loss() < metrics.loss()
                    : !(next.bleu() <= metrics.bleu());
            return new Best(better ? next : metrics, next);
        }
    }

    /**
     * The shares of one layer's experts.
     *
     * @param latest the newest row, which says how many experts a share stands for
     */
    record Loads(Curves shares, Curves busiest, LoadMetrics latest) {}

    /** Takes a row in; rows come in the order of the updates. */
    void add(MetricsRow row) {
        if (row instanceof UpdateMetrics metrics) {
            last = metrics;
            training.add(
                    metrics.update(),
                    metrics.seconds(),
                    metrics.loss(),
                    metrics.negativeLogLikelihood(),
                    Math.exp(metrics.negativeLogLikelihood()),
                    metrics.learningRate(),
                    metrics.gradientNorm(),
                    metrics.tokensPerSecond(),
                    metrics.importanceCv(),
                    metrics.loadCv(),
                    metrics.idleShare(),
                    metrics.overflow());
        } else if (row instanceof BalanceMetrics metrics) {
            balances.computeIfAbsent(metrics.layer(), layer -> new Curves(BALANCE, BALANCE_POINTS))
                    .add(
                            metrics.update(),
                            seconds(),
                            metrics.importanceCv(),
                            metrics.loadCv(),
                            metrics.idleShare(),
                            metrics.overflow());
        } else if (row instanceof LoadMetrics metrics) {
            add(metrics);
        } else if (row instanceof DevMetrics metrics) {
            development
                    .computeIfAbsent(metrics.direction(), direction -> new Curves(DEVELOPMENT, DEVELOPMENT_POINTS))
                    .add(
                            metrics.update(),
                            metrics.seconds(),
                            metrics.loss(),
                            metrics.perplexity(),
                            metrics.wordPerplexity(),
                            metrics.bleu(),
                            metrics.chrf());
            best.merge(metrics.direction(), new Best(metrics, metrics), (old, fresh) -> old.add(metrics));
        } else if (row instanceof SampleMetrics metrics) {
            samples.add(metrics);
        } else if (row instanceof SessionMetrics metrics) {
            sessions.add(metrics);
        }
    }

    private void add(LoadMetrics metrics) {
        Loads old = loads.get(metrics.layer());
        if (old == null || old.shares.names().size() != metrics.shares().size()) {
            old = new Loads(
                    ofShares(metrics.shares().size()),
                    ofShares(metrics.busiest().size()),
                    metrics);
        }
        old.shares.add(metrics.update(), seconds(), array(metrics.shares()));
        old.busiest.add(metrics.update(), seconds(), array(metrics.busiest()));
        loads.put(metrics.layer(), new Loads(old.shares, old.busiest, metrics));
    }

    private static Curves ofShares(int shares) {
        List<String> names = new ArrayList<>();
        for (int share = 0; share < shares; share++) {
            names.add(Integer.toString(share));
        }
        return new Curves(names, LOAD_POINTS);
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** What training measured, see {@link #TRAINING}. */
    Curves training() {
        return training;
    }

    /** Evaluations by direction, see {@link #DEVELOPMENT}; in the order of their first one. */
    Map<String, Curves> development() {
        return development;
    }

    Map<String, Best> best() {
        return best;
    }

    /** By layer, see {@link #BALANCE}. */
    Map<String, Curves> balances() {
        return balances;
    }

    Map<String, Loads> loads() {
        return loads;
    }

    SampleHistory samples() {
        return samples;
    }

    List<SessionMetrics> sessions() {
        return sessions;
    }

    /** The newest report of training. */
    @Nullable
    UpdateMetrics last() {
        return last;
    }

    private double seconds() {
        return last == null ? 0 : last.seconds();
    }
}
