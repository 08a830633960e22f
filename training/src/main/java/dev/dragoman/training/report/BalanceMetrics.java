package dev.dragoman.training.report;

import dev.dragoman.training.ExpertBalance;

/**
 * How evenly one mixture layer used its experts since the last report, means over the updates.
 *
 * @param update number of updates done
 * @param layer the layer's path in the network
 * @param importanceCv coefficient of variation of the experts' importance; 0 is even
 * @param loadCv coefficient of variation of the experts' load; 0 is even
 * @param idleShare share of experts that computed nothing in an update, {@code [0, 1]}
 * @param overflow rows of the busiest expert over the mean
 */
public record BalanceMetrics(
        long update, String layer, double importanceCv, double loadCv, double idleShare, double overflow)
        implements MetricsRow {

    static BalanceMetrics of(long update, String layer, ExpertBalance balance) {
        return new BalanceMetrics(
                update, layer, balance.importanceCv(), balance.loadCv(), balance.idleShare(), balance.overflow());
    }
}
