package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
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

/**
 * Adam (Kingma and Ba 2015) with the gradient's global norm clipped, all its parameters in one native call.
 *
 * <p>Dense: also a number whose gradient is zero moves, by what is left of its moments. Keeps both moments of every number.
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
        this.network = network;
        this.names = List.copyOf(names);
        stacks = new LinkedHashMap<>(network.expertStacks());
        stacks.keySet().retainAll(this.names);
        this.constants = constants;
        this.clipNorm = clipNorm;
        for (NDArray weight : weights()) {
            first.add(manager.zeros(weight.getShape(), DataType.FLOAT32));
            second.add(manager.zeros(weight.getShape(), DataType.FLOAT32));
        }
    }

    @Override
    public double update(NDManager scratch, int update, double learningRate) {
        NDList norm = network.kernels()
                .run(
                        scratch,
                        "adam",
                        weights(),
                        gradients(scratch),
                        first,
                        second,
                        (long) update,
                        learningRate,
                        constants.beta1(),
                        constants.beta2(),
                        constants.epsilon(),
                        1.0,
                        clipNorm);
        // The kernel has cleared the gradients of all experts alike.
        stacks.values().forEach(stack -> Arrays.fill(stack.touched(), false));
        return norm.get(0).getFloat();
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
