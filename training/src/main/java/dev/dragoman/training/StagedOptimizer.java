package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/**
 * One optimiser up to an update, another after it. What the first remembers stays as it was then; it is kept so that a run that is
 * resumed before or after the change has the files of one that was not.
 */
final class StagedOptimizer implements Optimizer {
    private final Optimizer first;
    private final Optimizer second;
    private final int after;

    /**
     * @param second remembers nothing
     * @param after last update of the first
     */
    StagedOptimizer(Optimizer first, DescentOptimizer second, int after) {
        this.first = first;
        this.second = second;
        this.after = after;
    }

    @Override
    public double update(NDManager scratch, Step step) {
        return (step.update() <= after ? first : second).update(scratch, step);
    }

    @Override
    public Map<String, NDArray> state() {
        return first.state();
    }
}
