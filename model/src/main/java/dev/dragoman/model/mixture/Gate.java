package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import dev.dragoman.model.block.GradientTape;
import dev.dragoman.model.block.Initializers;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The gate of a mixture layer: assigns rows to experts.
 *
 * <p>Parameters of one level: {@code gate [D, E]}, and {@code noise [D, E]} or {@code logThresholds [E]}. Of two levels:
 * {@code groupGate [D, G]} with {@code groupNoise} or {@code logGroupThresholds [G]}, and for each group its own
 * {@code gate [G, D, E / G]} with {@code noise} or {@code logThresholds [G, E / G]}.
 *
 * <p>Noisy gates start at zero, so that noise alone loads the experts evenly. Strictly balanced gates start at random: without noise
 * zeros would be ties, and every expert would take the same rows. Their thresholds are kept as logarithms, since they are of the size of
 * {@code 1 / E} and an optimiser's steps are not.
 */
final class Gate {
    /** Makes a parameter of the mixture layer. */
    interface Parameters {
        Parameter make(String name, Initializer initializer, long... shape);
    }

    private final Kernels kernels;
    private final GateKind kind;
    private final int experts;
    private final int groups;
    private final int perRow;
    /** As the training kernel takes them. */
    private final List<Parameter> parameters = new ArrayList<>();
    /** As the serving kernel takes them. */
    private final List<Parameter> serving = new ArrayList<>();

    Gate(Kernels kernels, Mixture configuration, int width, Parameters layer) {
        this.kernels = kernels;
        kind = configuration.gating().kind();
        experts = configuration.experts();
        groups = configuration.gating().groups();
        perRow = configuration.perRow();
        Initializer start =
                kind == GateKind.STRICTLY_BALANCED ? Initializers.uniform(0.1 / Math.sqrt(width)) : Initializer.ZEROS;
        int choices = groups == 0 ? experts : experts / groups;
        if (groups > 0) {
            parameters.add(layer.make("groupGate", start, width, groups));
            serving.add(parameters.get(0));
            if (kind == GateKind.NOISY_TOP_K) {
                parameters.add(layer.make("groupNoise", Initializer.ZEROS, width, groups));
            }
        }
        long[] shape = groups == 0 ? new long[] {width, experts} : new long[] {groups, width, choices};
        Parameter gate = layer.make("gate", start, shape);
        parameters.add(gate);
        serving.add(gate);
        if (kind == GateKind.NOISY_TOP_K) {
            parameters.add(layer.make("noise", Initializer.ZEROS, shape));
        } else if (kind == GateKind.STRICTLY_BALANCED) {
            if (groups > 0) {
                thresholds(layer.make("logGroupThresholds", even(groups), groups));
                thresholds(layer.make("logThresholds", even(choices), groups, choices));
            } else {
                thresholds(layer.make("logThresholds", even(choices), choices));
            }
        }
    }

    private void thresholds(Parameter parameter) {
        parameters.add(parameter);
        serving.add(parameter);
    }

    /** The gate of a row that prefers nothing. */
    private static Initializer even(int choices) {
        return (manager, shape, type) -> manager.full(shape, (float) -Math.log(choices), type);
    }

    /** Draws the noise of a batch: standard normal numbers of the shapes that {@link #train} takes. */
    List<NDArray> noise(NDManager manager, long rows) {
        return noiseShapes(rows).stream().map(manager::randomNormal).toList();
    }

    /** Shapes of the noise of {@code rows} rows: none but for noisy gates. */
    List<Shape> noiseShapes(long rows) {
        if (kind != GateKind.NOISY_TOP_K) {
            return List.of();
        }
        return groups == 0
                ? List.of(new Shape(rows, experts))
                : List.of(new Shape(rows, groups), new Shape(rows * perRow, experts / groups));
    }

    /**
     * Assigns the rows of a batch, recording gradients.
     *
     * @param x {@code [N, D]} in the gate's type, recording gradients
     * @param noise as {@link #noise} draws it
     */
    Routing train(NDArray x, List<NDArray> noise) {
        return kind == GateKind.NOISY_TOP_K ? chooseNoisily(x, noise) : choose(x);
    }

    /** In the engine's graph. */
    private Routing choose(NDArray x) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(x);
        arguments.addAll(weights());
        NDList result = kernels.call(method(), true, arguments.toArray());
        NDArray load = result.get(4);
        return new Routing(
                result.get(0),
                ints(result.get(1)),
                ints(result.get(2)),
                result.get(3),
                load,
                result.get(5),
                load,
                () -> {});
    }

    /** With a gradient of its own: the graph begins anew at the gates and sums. */
    private Routing chooseNoisily(NDArray x, List<NDArray> noise) {
        NDManager manager = x.getManager();
        List<Object> arguments = new ArrayList<>();
        arguments.add(x);
        arguments.addAll(weights());
        arguments.addAll(noise);
        NDList result = kernels.run(manager, method(), arguments.toArray());
        NDArray gates = GradientTape.leafOfUnrecorded(result.get(0));
        NDArray experts = result.get(2).duplicate();
        NDArray sums = GradientTape.leafOfUnrecorded(result.get(3));
        NDList balance = kernels.call("noisy_balance", true, gates, experts, sums);
        List<NDArray> saved = List.copyOf(result.subList(4, result.size()));
        return new Routing(
                gates,
                ints(result.get(1)),
                ints(experts),
                balance.get(0),
                balance.get(1),
                balance.get(2),
                sums,
                () -> carryOn(x, saved, gates.getGradient(), sums.getGradient()));
    }

    private void carryOn(NDArray x, List<NDArray> saved, NDArray ofGates, NDArray ofSums) {
        NDList gradients = kernels.run(x.getManager(), method() + "_backward", x, weights(), saved, ofGates, ofSums);
        GradientTape.backward(x, gradients.get(0).duplicate());
        for (int i = 0; i < parameters.size(); i++) {
            GradientTape.backward(
                    parameters.get(i).getArray(), gradients.get(i + 1).duplicate());
        }
    }

    private List<NDArray> weights() {
        return parameters.stream().map(Parameter::getArray).toList();
    }

    /** The load from sums over the rows of several routings. */
    NDArray load(NDArray loadSums) {
        return loadSums.getShape().dimension() == 1 ? loadSums : kernels.one("load_of_groups", true, loadSums);
    }

    private String method() {
        String ofGroups = groups == 0 ? "" : "_of_groups";
        return switch (kind) {
            case NOISY_TOP_K -> "noisy_gates" + ofGroups;
            case STRICTLY_BALANCED -> "balanced_gates" + ofGroups;
            case SOFTMAX -> "softmax_gates";
        };
    }

    /** How many experts serving gives each row; empty where it depends on the row, or is all. */
    OptionalInt assignmentsPerRow() {
        if (kind != GateKind.NOISY_TOP_K) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(
                groups == 0
                        ? Math.min(perRow, experts)
                        : Math.min(perRow, groups) * Math.min(perRow, experts / groups));
    }

    /** What the serving kernel calls this kind of gate. */
    long servingKind() {
        return switch (kind) {
            case NOISY_TOP_K -> groups == 0 ? 0 : 1;
            case SOFTMAX -> 2;
            case STRICTLY_BALANCED -> groups == 0 ? 3 : 4;
        };
    }

    /** What the serving kernel reads. */
    List<NDArray> servingWeights() {
        return serving.stream().map(Parameter::getArray).toList();
    }

    static int[] ints(NDArray array) {
        long[] values = array.toLongArray();
        int[] result = new int[values.length];
        Arrays.setAll(result, i -> (int) values[i]);
        return result;
    }
}
