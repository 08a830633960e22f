package dev.dragoman.training;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.mixture.ExpertStack;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The optimiser that a recipe asks for. */
public final class Optimizers {
    private Optimizers() {}

    /**
     * For all parameters of a network.
     *
     * @param manager owns what it remembers
     */
    public static Optimizer of(Recipe.Training training, TrainableNetwork network, NDManager manager) {
        Set<String> all = network.namedParameters().keySet();
        if (training.experts().optimizer() == Recipe.Experts.Kind.ADAM) {
            return dense(training, network, all, manager);
        }
        Map<String, ExpertStack> experts = network.expertStacks();
        Set<String> others = new LinkedHashSet<>(all);
        others.removeAll(experts.keySet());
        return new SparseOptimizer(
                dense(training, network, others, manager),
                new FactoredOptimizer(network.kernels(), experts, training.experts(), manager));
    }

    private static Optimizer dense(
            Recipe.Training training, TrainableNetwork network, Set<String> names, NDManager manager) {
        Optimizer adam = new AdamOptimizer(network, names, training.adam(), training.clipNorm(), manager);
        Recipe.Descent descent = training.descent();
        return descent == null
                ? adam
                : new StagedOptimizer(adam, new DescentOptimizer(network, names, training.clipNorm()), descent.after());
    }
}
