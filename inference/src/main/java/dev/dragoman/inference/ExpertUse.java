package dev.dragoman.inference;

/**
 * How evenly one mixture layer has used its experts since its model was opened.
 *
 * @param layer path of the layer within the network, for example {@code encoder.mixture1}
 * @param experts how many it has
 * @param rows that its experts have computed, together
 * @param importanceCv standard deviation over mean of the sums of gates: 0 is even, {@code sqrt(experts / k - 1)} is collapse onto k experts
 * @param loadCv likewise of the rows of each expert
 * @param idleShare share of the experts that have computed nothing, {@code [0, 1]}
 * @param overflow rows of the busiest expert over the mean; 0 before the first row
 */
public record ExpertUse(
        String layer, int experts, long rows, double importanceCv, double loadCv, double idleShare, double overflow) {}
