package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.initializer.Initializer;

/** How parameters start. */
final class Initializers {
    private Initializers() {}

    /** Uniform with the variance {@code 1 / fanIn}, so that outputs vary as inputs do. */
    static Initializer fanIn(long fanIn) {
        return uniform(Math.sqrt(3.0 / fanIn));
    }

    /** Uniform in {@code [-bound, bound]}. */
    static Initializer uniform(double bound) {
        return (manager, shape, type) -> manager.randomUniform((float) -bound, (float) bound, shape, type);
    }

    /** LSTM biases: zero, but one for the forget gate, so that cells keep what they hold until they learn to drop it. */
    static Initializer lstmBias(long cells) {
        return (NDManager manager, ai.djl.ndarray.types.Shape shape, ai.djl.ndarray.types.DataType type) -> {
            float[] bias = new float[(int) (4 * cells)];
            java.util.Arrays.fill(bias, (int) cells, (int) (2 * cells), 1f);
            NDArray array = manager.create(bias);
            return array;
        };
    }
}
