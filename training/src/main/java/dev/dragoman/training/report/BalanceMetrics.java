package dev.dragoman.training.report;

import dev.dragoman.training.ExpertBalance;

/**
 * How evenly one mixture layer used its experts since the last report, means over the updates.
 *
 * @param update number of updates done
 * @param layer the layer's path in the network
 * @param balance the measures
 */
public record ExpertMetrics(long update, String layer, ExpertBalance balance) {}
