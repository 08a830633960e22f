package dev.dragoman.training.report;

import java.util.List;

/**
 * All that a run has reported so far.
 *
 * @param updates in the order of the updates
 * @param evaluations in the order of the updates; one per direction and evaluation
 */
public record MetricsHistory(List<UpdateMetrics> updates, List<DevMetrics> evaluations) {
    public MetricsHistory {
        updates = List.copyOf(updates);
        evaluations = List.copyOf(evaluations);
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
}
