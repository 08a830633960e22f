package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.dragoman.model.TrainableNetwork;
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
 * Adam (Kingma and Ba 2015) with the gradient's global norm clipped, all its parameters on one device in one native call.
 *
 * <p>Dense: also a number whose gradient is zero moves, by what is left of its moments. Keeps both moments of every number, where the
 * number is.
 */
final class AdamOptimizer implements Optimizer {
    private static final String FIRST = "first.";
    private static final String SECOND = "second.";

    private final TrainableNetwork network;
    private final Recipe.Adam constants;
    private final double clipNorm;
    private final List<String> names;
    private final Map<String, ExpertStack> stacks;
    private final List<NDArray> first = new ArrayList<>();
    private final List<NDArray> second = new ArrayList<>();
    /** Places in the lists of the parameters that one call moves. */
    private final List<List<Integer>> calls;

    /**
     * For some of a network's parameters.
     *
     * @param names paths of the parameters, which are in float32
     * @param clipNorm largest global norm of their gradient; 0 disables
     * @param manager owns the moments
     */
    AdamOptimizer(
            TrainableNetwork network,
            Collection<String> names,
            Recipe.Adam constants,
            double clipNorm,
            NDManager manager) {
        this(network, names, constants, clipNorm, manager, NDArray::getDevice);
    }

    /**
     * As above.
     *
     * @param device tells apart the weights that cannot be in one call
     */
    AdamOptimizer(
            TrainableNetwork network,
            Collection<String> names,
            Recipe.Adam constants,
            double clipNorm,
            NDManager manager,
            Function<NDArray, Object> device) {
        this.network = network;
        this.names = List.copyOf(names);
        stacks = new LinkedHashMap<>(network.expertStacks());
        stacks.keySet().retainAll(this.names);
        this.constants = constants;
        this.clipNorm = clipNorm;
        Map<Object, List<Integer>> byDevice = new LinkedHashMap<>();
        for (NDArray weight : weights()) {
            byDevice.computeIfAbsent(device.apply(weight), unused -> new ArrayList<>())
                    .add(first.size());
            first.add(manager.zeros(weight.getShape(), DataType.FLOAT32, weight.getDevice()));
            second.add(manager.zeros(weight.getShape(), DataType.FLOAT32, weight.getDevice()));
        }
        calls = List.copyOf(byDevice.values());
    }

    @Override
    public double update(NDManager scratch, int update, double learningRate) {
        List<NDArray> weights = weights();
        List<NDArray> gradients = gradients(scratch);
        double norm;
        if (calls.size() == 1) {
            norm = move(scratch, calls.get(0), weights, gradients, update, learningRate, 1, clipNorm);
        } else {
            norm = norm(scratch, gradients);
            double clipped = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
            // Scaled by what is no number, gradients change nothing, those that are finite themselves neither.
            double scale = Double.isFinite(norm) ? clipped : Double.NaN;
            for (List<Integer> call : calls) {
                move(scratch, call, weights, gradients, update, learningRate, scale, 0);
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
            double ofCall = network.kernels()
                    .run(scratch, "norm", at(call, gradients))
                    .get(0)
                    .getFloat();
            squares += ofCall * ofCall;
        }
        return Math.sqrt(squares);
    }

    /** Scales and clips the gradients of one device by themselves, moves its weights, and returns the norm before clipping. */
    private double move(
            NDManager scratch,
            List<Integer> call,
            List<NDArray> weights,
            List<NDArray> gradients,
            int update,
            double learningRate,
            double scale,
            double clip) {
        return network.kernels()
                .run(
                        scratch,
                        "adam",
                        at(call, weights),
                        at(call, gradients),
                        at(call, first),
                        at(call, second),
                        (long) update,
                        learningRate,
                        constants.beta1(),
                        constants.beta2(),
                        constants.epsilon(),
                        scale,
                        clip)
                .get(0)
                .getFloat();
    }

    private static List<NDArray> at(List<Integer> places, List<NDArray> all) {
        return places.stream().map(all::get).toList();
    }

    @Override
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            state.put(FIRST + names.get(i), first.get(i));
        }
        for (int i = 0; i < names.size(); i++) {
            state.put(SECOND + names.get(i), second.get(i));
        }
        return state;
    }

    private List<NDArray> weights() {
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
