package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.TrainableNetwork;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Plain stochastic gradient descent, the second stage of GNMT's training (Wu et al. 2016, section 8.3). Remembers nothing. */
final class DescentOptimizer extends DenseOptimizer {
    /** As of {@link DenseOptimizer}. */
    DescentOptimizer(TrainableNetwork network, Collection<String> names, double clipNorm) {
        super(network, names, clipNorm, NDArray::getDevice);
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
                        "descend",
                        weights,
                        gradients,
                        step.learningRate(),
                        treatment.scale(),
                        treatment.clip(),
                        treatment.largest())
                .get(0)
                .getFloat();
    }

    @Override
    public Map<String, NDArray> state() {
        return Map.of();
    }
}
