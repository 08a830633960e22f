package dev.dragoman.training.report;

import java.util.List;

/**
 * What each expert of a mixture layer computed over some updates: rows over the mean of all experts, so 1 is a fair share.
 *
 * <p>Layers of many experts are told in groups of neighbours, so that a log does not grow with their number.
 *
 * @param update number of updates done
 * @param layer the layer's path in the network
 * @param updates number of updates that it covers
 * @param experts number of experts of the layer
 * @param shares of each group of neighbours, the mean: a group is {@code ceil(experts / shares.size())} experts, the last one perhaps fewer
 * @param busiest of each group, the share of its busiest expert; empty where a group is one expert
 */
public record LoadMetrics(
        long update, String layer, int updates, int experts, List<Double> shares, List<Double> busiest)
        implements MetricsRow {
    public LoadMetrics {
        shares = List.copyOf(shares);
        busiest = List.copyOf(busiest);
    }

    /** Experts that one share stands for. */
    public int expertsPerShare() {
        return shares.isEmpty() ? 1 : (experts + shares.size() - 1) / shares.size();
    }
}
