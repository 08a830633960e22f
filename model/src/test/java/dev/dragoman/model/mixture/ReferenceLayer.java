package dev.dragoman.model.mixture;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** The whole mixture layer on a {@link LayerCase}: gating, experts, balance losses and their gradients, without a tensor. */
final class ReferenceLayer {
    private static final Scalar[][] NONE = {};

    private final LayerCase layer;
    private final Map<String, double[][]> numbers;
    private final Map<String, Scalar[][]> variables = new LinkedHashMap<>();

    ReferenceLayer(LayerCase layer) {
        this(layer, layer.numbers());
    }

    /** With other numbers than the case's own. */
    ReferenceLayer(LayerCase layer, Map<String, double[][]> numbers) {
        this.layer = layer;
        this.numbers = numbers;
        layer.variables().keySet().forEach(name -> variables.put(name, Scalar.of(number(name))));
    }

    /**
     * What the layer makes of its batch.
     *
     * @param y {@code [T B, D]}, zero at padding
     * @param primary the gating over groups, of a flat layer the same as {@code gating}
     * @param gating over experts
     * @param balance {@code w_importance CV(importance)^2 + w_load CV(load)^2}, and the loss of the thresholds
     * @param margin how far everything is from a point where it is not smooth
     */
    record Output(Scalar[][] y, ReferenceGates primary, ReferenceGates gating, Scalar balance, double margin) {}

    /** With noise where gating is noisy, and by whole batches where it is strictly balanced. */
    Output train() {
        return output(true);
    }

    /** Without noise, and by thresholds where gating is strictly balanced. */
    Output serve() {
        return output(false);
    }

    /** {@code sum(weighting * y) + balance}. */
    Scalar objective(Output output) {
        double[][] weighting = number("weighting");
        Scalar sum = output.balance;
        for (int position = 0; position < weighting.length; position++) {
            for (int d = 0; d < weighting[position].length; d++) {
                sum = sum.plus(output.y[position][d].times(weighting[position][d]));
            }
        }
        return sum;
    }

    /** Gradients of some number that this layer computed, by every one of the {@link LayerCase#variables}. */
    Map<String, double[][]> gradients(Scalar number) {
        Scalar.Gradient gradient = number.gradient();
        Map<String, double[][]> result = new LinkedHashMap<>();
        variables.forEach((name, variable) -> result.put(name, gradient.by(variable)));
        return result;
    }

    private Output output(boolean training) {
        Scalar[][] real = select(variable("x"), layer.rows());
        ReferenceGates primary;
        ReferenceGates gating;
        if (layer.twoLevel()) {
            primary = level(training, real, "groupGate", "groupNoise", "logGroupThresholds", 0, number("epsilon"));
            gating = ReferenceGates.twoLevel(
                    primary,
                    (group, rows) -> level(
                            training,
                            select(real, rows),
                            "gate",
                            "noise",
                            "logThresholds",
                            group,
                            epsilonInGroup(group, rows)));
        } else {
            gating = level(training, real, "gate", "noise", "logThresholds", 0, number("epsilon"));
            primary = gating;
        }
        ReferenceExperts experts = new ReferenceExperts(
                split(variable("hidden"), layer.mixture().experts()),
                split(variable("output"), layer.mixture().experts()));
        Scalar[][] sums = experts.combine(real, gating, layer.mixture().sigmoid());
        return new Output(
                padded(sums),
                primary,
                gating,
                balance(gating),
                Math.min(gating.margin(), experts.margin(real, gating)));
    }

    /** Gates of some rows by one set of gate parameters: that of a flat layer, of the groups, or of one group. */
    private ReferenceGates level(
            boolean training,
            Scalar[][] rows,
            String gateName,
            String noiseName,
            String thresholdName,
            int set,
            double[][] epsilon) {
        Scalar[][] gate = matrix(gateName, set);
        int k = layer.mixture().perRow();
        return switch (layer.kind()) {
            case SOFTMAX -> ReferenceGates.softmax(rows, gate);
            case NOISY_TOP_K ->
                training
                        ? ReferenceGates.noisyTopK(
                                rows,
                                gate,
                                matrix(noiseName, set),
                                epsilon,
                                k,
                                layer.mixture().noiseFloor())
                        : ReferenceGates.topK(rows, gate, k);
            case STRICTLY_BALANCED -> {
                Scalar[] thresholds = Arrays.stream(variable(thresholdName)[set])
                        .map(Scalar::exp)
                        .toArray(Scalar[]::new);
                yield training
                        ? ReferenceGates.strictlyBalanced(rows, gate, thresholds, k)
                        : ReferenceGates.byThresholds(rows, gate, thresholds);
            }
        };
    }

    private Scalar balance(ReferenceGates gating) {
        return ReferenceGates.cvSquared(gating.importance())
                .times(layer.mixture().importanceWeight())
                .plus(ReferenceGates.cvSquared(gating.load())
                        .times(layer.mixture().loadWeight()))
                .plus(gating.thresholdLoss());
    }

    private Scalar[][] padded(Scalar[][] rows) {
        Scalar[][] y = new Scalar[layer.positions()][layer.width()];
        for (Scalar[] position : y) {
            Arrays.fill(position, Scalar.ZERO);
        }
        int[] positions = layer.rows();
        for (int row = 0; row < rows.length; row++) {
            y[positions[row]] = rows[row];
        }
        return y;
    }

    private double[][] epsilonInGroup(int group, int[] rows) {
        int size = layer.groupSize();
        double[][] all = number("epsilonInGroups");
        return IntStream.of(rows)
                .mapToObj(row -> Arrays.copyOfRange(all[row], group * size, (group + 1) * size))
                .toArray(double[][]::new);
    }

    private double[][] number(String name) {
        return Objects.requireNonNull(numbers.get(name), name);
    }

    /** Empty where this kind of layer has no such variable. */
    private Scalar[][] variable(String name) {
        return variables.getOrDefault(name, NONE);
    }

    /** One of the matrices {@code [D, choices]} that lie one below the other. */
    private Scalar[][] matrix(String name, int index) {
        return split(variable(name), variable(name).length / layer.width())[index];
    }

    /** Cuts a matrix into equal ones that lie one below the other. */
    private static Scalar[][][] split(Scalar[][] rows, int parts) {
        int each = rows.length / parts;
        return IntStream.range(0, parts)
                .mapToObj(part -> Arrays.copyOfRange(rows, part * each, (part + 1) * each))
                .toArray(Scalar[][][]::new);
    }

    private static Scalar[][] select(Scalar[][] matrix, int[] rows) {
        return IntStream.of(rows).mapToObj(row -> matrix[row]).toArray(Scalar[][]::new);
    }
}
