package dev.dragoman.model.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.initializer.Initializer;

/** How parameters start. */
public final class Initializers {
    private Initializers() {}

    /** Uniform with the variance {@code 1 / fanIn}, so that outputs vary as inputs do. */
    public static Initializer fanIn(long fanIn) {
        return uniform(Math.sqrt(3.0 / fanIn));
    }

    /** Uniform in {@code [-bound, bound]}. */
    public static Initializer uniform(double bound) {
        return (manager, shape, type) -> manager.randomUniform((float) -bound, (float) bound, shape, type);
    }

    /** LSTM biases: zero, but one for the forget gate, so that cells keep what they hold until they learn to drop it. */
    public static Initializer lstmBias(long cells) {
        return (NDManager manager, ai.djl.ndarray.types.Shape shape, ai.djl.ndarray.types.DataType type) -> {
            float[] bias = new float[(int) (4 * cells)];
            java.util.Arrays.fill(bias, (int) cells, (int) (2 * cells), 1f);
            NDArray array = manager.create(bias);
            return array;
        };
    }
}
