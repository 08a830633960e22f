package dev.dragoman.training.report;

import java.util.ArrayList;
import java.util.List;

/**
 * All that a run has reported so far, each list in the order of the updates.
 *
 * @param sessions one for the start and one for every resumption
 * @param updates what training measured
 * @param balances one per mixture layer and report
 * @param loads one per mixture layer, less often
 * @param evaluations one per direction and evaluation
 * @param samples one per sentence and evaluation
 */
public record MetricsHistory(
        List<SessionMetrics> sessions,
        List<UpdateMetrics> updates,
        List<BalanceMetrics> balances,
        List<LoadMetrics> loads,
        List<DevMetrics> evaluations,
        List<SampleMetrics> samples) {
    public MetricsHistory {
        sessions = List.copyOf(sessions);
        updates = List.copyOf(updates);
        balances = List.copyOf(balances);
        loads = List.copyOf(loads);
        evaluations = List.copyOf(evaluations);
        samples = List.copyOf(samples);
    }

    /** Of these rows, whatever their kinds. */
    public static MetricsHistory of(List<? extends MetricsRow> rows) {
        Builder builder = new Builder();
        rows.forEach(builder::add);
        return builder.build();
    }

    /** Seconds of training up to the last report; 0 if there is none. */
    public double seconds() {
        double ofUpdates =
                updates.isEmpty() ? 0 : updates.get(updates.size() - 1).seconds();
        double ofEvaluations = evaluations.isEmpty()
                ? 0
                : evaluations.get(evaluations.size() - 1).seconds();
        return Math.max(ofUpdates, ofEvaluations);
    }

    /** The directions that were evaluated, in the order of their first evaluation. */
    public List<String> directions() {
        return evaluations.stream().map(DevMetrics::direction).distinct().toList();
    }

    /** Sorts rows by kind. */
    static final class Builder {
        private final List<SessionMetrics> sessions = new ArrayList<>();
        private final List<UpdateMetrics> updates = new ArrayList<>();
        private final List<BalanceMetrics> balances = new ArrayList<>();
        private final List<LoadMetrics> loads = new ArrayList<>();
        private final List<DevMetrics> evaluations = new ArrayList<>();
        private final List<SampleMetrics> samples = new ArrayList<>();

        void add(MetricsRow row) {
            if (row instanceof UpdateMetrics metrics) {
                updates.add(metrics);
            } else if (row instanceof BalanceMetrics metrics) {
                balances.add(metrics);
            } else if (row instanceof LoadMetrics metrics) {
                loads.add(metrics);
            } else if (row instanceof DevMetrics metrics) {
                evaluations.add(metrics);
            } else if (row instanceof SampleMetrics metrics) {
                samples.add(metrics);
            } else if (row instanceof SessionMetrics metrics) {
                sessions.add(metrics);
            }
        }

        MetricsHistory build() {
            return new MetricsHistory(sessions, updates, balances, loads, evaluations, samples);
        }
    }
}
