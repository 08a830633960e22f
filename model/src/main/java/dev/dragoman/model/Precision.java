package dev.dragoman.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ServedMixtures;
import java.util.Set;

/**
 * Brings the weights of a network that serves into the type of its products, one after the other, so that they are never there twice.
 *
 * <p>These are the matrices outside the mixture layers, and the attention's vector. Biases and gains are added to sums of more bits; gates
 * choose, and run in float32; experts have a type of their own.
 */
final class Precision {
    private static final int MATRIX = 2;
    private static final String ATTENTION_VECTOR = ".score";

    private final Kernels kernels;
    private final Set<String> mixtures;
    private final NDManager manager;

    /**
     * @param manager owns the weights
     */
    Precision(TranslationNetwork network, NDManager manager) {
        this.kernels = network.kernels();
        this.mixtures = ServedMixtures.layers(network).keySet();
        this.manager = manager;
    }

    /** Replaces a parameter's array, if it is one of those and the products are not in float32. */
    void narrow(String name, Parameter parameter) {
        if (kernels.settings().compute() == Compute.FLOAT32 || !isNarrowed(name, parameter)) {
            return;
        }
        NDArray narrow = kernels.run(manager, "narrowed", parameter.getArray()).get(0);
        // DJL takes an array only where none and no shape was set before.
        parameter.close();
        parameter.setShape(null);
        parameter.setArray(narrow);
    }

    private boolean isNarrowed(String name, Parameter parameter) {
        boolean ofMixture = mixtures.stream().anyMatch(layer -> name.startsWith(layer + "."));
        return !ofMixture && (parameter.getShape().dimension() == MATRIX || name.endsWith(ATTENTION_VECTOR));
    }
}
