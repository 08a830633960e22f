package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adam for what every row uses, the factored optimiser for the experts. Only the former's gradient has a common norm that is clipped;
 * each expert limits its own step.
 */
final class SparseOptimizer implements Optimizer {
    /** A largest norm that every norm is above. */
    private static final double NOTHING_MOVES = -1;

    private final Optimizer dense;
    private final FactoredOptimizer experts;

    SparseOptimizer(Optimizer dense, FactoredOptimizer experts) {
        this.dense = dense;
        this.experts = experts;
    }

    /**
     * {@inheritDoc}
     *
     * @return the norm of the dense parameters' gradient; that of the experts' if that one is not finite
     */
    @Override
    public double update(NDManager scratch, Step step) {
        // Measured before anything moves: either both step or neither.
        FactoredOptimizer.Measured measured = experts.measure(scratch);
        if (!Double.isFinite(measured.norm())) {
            dense.update(scratch, new Step(step.update(), step.learningRate(), NOTHING_MOVES));
            experts.forget();
            return measured.norm();
        }
        double norm = dense.update(scratch, step);
        if (step.takes(norm)) {
            experts.apply(scratch, measured, step.learningRate());
        } else {
            experts.forget();
        }
        return norm;
    }

    @Override
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>(dense.state());
        state.putAll(experts.state());
        return state;
    }
}
