package dev.dragoman.benchmark;

import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import java.util.List;

/**
 * Sizes of a mixture layer.
 *
 * @param width D
 * @param hidden H of one expert
 * @param experts E
 * @param groups 0 for one level
 * @param perRow k experts; with groups, k groups and k experts in each
 */
record LayerSize(int width, int hidden, int experts, int groups, int perRow) {
    private static final double BALANCE = 0.01;

    /** Four experts per row, chosen at once or two in each of two groups. */
    static LayerSize four(int width, int hidden, int experts, int groups) {
        return new LayerSize(width, hidden, experts, groups, groups == 0 ? 4 : 2);
    }

    /** As the model's configuration names it. */
    Mixture mixture() {
        return new Mixture(
                experts,
                perRow,
                hidden,
                List.of(),
                List.of(),
                BALANCE,
                BALANCE,
                0,
                false,
                new Gating(GateKind.NOISY_TOP_K, groups));
    }

    /** Experts that a row visits. */
    int active() {
        return groups == 0 ? perRow : perRow * perRow;
    }

    /** Weights of an expert. */
    long expertWeights() {
        return 2L * width * hidden;
    }

    /** Operations of the experts' products for some rows, forward; a multiply-add counts as two. */
    double forwardOperations(long rows) {
        return 2.0 * rows * active() * expertWeights();
    }

    /** Bytes of all experts. */
    double bytes(Precision precision) {
        return (double) experts * expertWeights() * precision.bytes();
    }

    /** E, and the groups if there are any. */
    String label() {
        return groups == 0 ? String.valueOf(experts) : experts + " in " + groups + " groups";
    }
}
