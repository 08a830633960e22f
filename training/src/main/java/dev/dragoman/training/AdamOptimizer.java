package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.dragoman.model.TrainableNetwork;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Adam (Kingma and Ba 2015).
 *
 * <p>Dense: also a number whose gradient is zero moves, by what is left of its moments. Keeps both moments of every number, where the
 * number is.
 */
final class AdamOptimizer extends DenseOptimizer {
    private static final String FIRST = "first.";
    private static final String SECOND = "second.";

    private final Recipe.Adam constants;
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
        super(network, names, clipNorm, device);
        this.constants = constants;
        for (NDArray weight : weights()) {
            first.add(manager.zeros(weight.getShape(), DataType.FLOAT32, weight.getDevice()));
            second.add(manager.zeros(weight.getShape(), DataType.FLOAT32, weight.getDevice()));
        }
    }

    @Override
    double move(
            NDManager scratch,
            List<Integer> places,
            List<NDArray> weights,
            List<NDArray> gradients,
            Step step,
            Treatment treatment) {
        return kernels()
                .run(
                        scratch,
                        "adam",
                        weights,
                        gradients,
                        at(places, first),
                        at(places, second),
                        (long) step.update(),
                        step.learningRate(),
                        constants.beta1(),
                        constants.beta2(),
                        constants.epsilon(),
                        constants.weightDecay(),
                        treatment.scale(),
                        treatment.clip(),
                        treatment.largest())
                .get(0)
                .getFloat();
    }

    @Override
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        for (int i = 0; i < names().size(); i++) {
            state.put(FIRST + names().get(i), first.get(i));
        }
        for (int i = 0; i < names().size(); i++) {
            state.put(SECOND + names().get(i), second.get(i));
        }
        return state;
    }
}
