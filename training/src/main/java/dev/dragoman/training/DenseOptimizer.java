package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * An optimiser of parameters that all move at every update, with the gradient's global norm clipped; all of them on one device in one
 * native call.
 */
abstract class DenseOptimizer implements Optimizer {
    private final TrainableNetwork network;
    private final double clipNorm;
    private final List<String> names;
    private final Map<String, ExpertStack> stacks;
    /** Places in the lists of the parameters that one call moves. */
    private final List<List<Integer>> calls;

    /**
     * For some of a network's parameters.
     *
     * @param names paths of the parameters, which are in float32
     * @param clipNorm largest global norm of their gradient; 0 disables
     * @param device tells apart the weights that cannot be in one call
     */
    DenseOptimizer(
            TrainableNetwork network, Collection<String> names, double clipNorm, Function<NDArray, Object> device) {
        this.network = network;
        this.names = List.copyOf(names);
        this.clipNorm = clipNorm;
        stacks = new LinkedHashMap<>(network.expertStacks());
        stacks.keySet().retainAll(this.names);
        Map<Object, List<Integer>> byDevice = new LinkedHashMap<>();
        List<NDArray> weights = weights();
        for (int i = 0; i < weights.size(); i++) {
            byDevice.computeIfAbsent(device.apply(weights.get(i)), unused -> new ArrayList<>())
                    .add(i);
        }
        calls = List.copyOf(byDevice.values());
    }

    /**
     * What a call does to the gradients before they move anything: they are scaled, and their norm, if it is then above the limit, clipped.
     * With a norm that is not finite or above the largest, nothing moves.
     */
    record Treatment(double scale, double clip, double largest) {}

    /**
     * Moves the weights of one device, clears their gradients, and returns the norm of these, scaled but not clipped.
     *
     * @param places those of the weights and gradients among all that this optimiser moves
     */
    abstract double move(
            NDManager scratch,
            List<Integer> places,
            List<NDArray> weights,
            List<NDArray> gradients,
            Step step,
            Treatment treatment);

    @Override
    public double update(NDManager scratch, Step step) {
        List<NDArray> weights = weights();
        List<NDArray> gradients = gradients(scratch);
        double norm;
        if (calls.size() == 1) {
            Treatment clipping = new Treatment(1, clipNorm, step.largestNorm());
            norm = move(scratch, calls.get(0), at(calls.get(0), weights), at(calls.get(0), gradients), step, clipping);
        } else {
            norm = norm(scratch, gradients);
            double scale = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
            // With a negative limit nothing moves, on the devices where the norm is small neither.
            Treatment clipped = new Treatment(scale, 0, step.takes(norm) ? Double.POSITIVE_INFINITY : -1);
            for (List<Integer> call : calls) {
                move(scratch, call, at(call, weights), at(call, gradients), step, clipped);
            }
        }
        // The kernel has cleared the gradients of all experts alike.
        stacks.values().forEach(stack -> Arrays.fill(stack.touched(), false));
        return norm;
    }

    /** The norm of the gradients on all devices together. */
    private double norm(NDManager scratch, List<NDArray> gradients) {
        double squares = 0;
        for (List<Integer> call : calls) {
            double ofCall =
                    kernels().run(scratch, "norm", at(call, gradients)).get(0).getFloat();
            squares += ofCall * ofCall;
        }
        return Math.sqrt(squares);
    }

    static List<NDArray> at(List<Integer> places, List<NDArray> all) {
        return places.stream().map(all::get).toList();
    }

    final Kernels kernels() {
        return network.kernels();
    }

    /** Paths of the parameters, in the order of their places. */
    final List<String> names() {
        return names;
    }

    /** The parameters, in the order of their places. */
    final List<NDArray> weights() {
        List<NDArray> weights = new ArrayList<>();
        for (String name : names) {
            weights.add(Objects.requireNonNull(network.namedParameters().get(name), name)
                    .getArray());
        }
        return weights;
    }

    private List<NDArray> gradients(NDManager scratch) {
        List<NDArray> gradients = new ArrayList<>();
        for (String name : names) {
            NDArray gradient = network.gradient(name);
            if (!stacks.containsKey(name)) {
                // The engine hands out a new reference every time; this one goes when it has served.
                gradient.attach(scratch);
            }
            gradients.add(gradient);
        }
        return gradients;
    }
}
