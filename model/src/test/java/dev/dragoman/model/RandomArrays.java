package dev.dragoman.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.block.NetworkBlock;
import java.util.Map;
import java.util.Random;

/** Standard normal numbers from a seed; in the test jar for other modules. */
public final class RandomArrays {
    private RandomArrays() {}

    /** Of the given shape, owned by {@code manager}. */
    public static NDArray normal(NDManager manager, Random random, long... sizes) {
        Shape shape = new Shape(sizes);
        return manager.create(normal(random, (int) shape.size()), shape);
    }

    public static float[] normal(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /**
     * Fills every parameter of a block with normal numbers times {@code scale}, the gates' and biases' too, which otherwise start at
     * zero and would hide mistakes.
     *
     * @return the parameters by name
     */
    public static Map<String, Parameter> fill(NetworkBlock block, NDManager manager, Random random, double scale) {
        Map<String, Parameter> parameters = block.namedParameters();
        parameters.values().forEach(parameter -> {
            parameter.initialize(manager, DataType.FLOAT32);
            float[] values = normal(random, (int) parameter.getArray().size());
            for (int i = 0; i < values.length; i++) {
                values[i] *= (float) scale;
            }
            parameter.getArray().set(values);
        });
        return parameters;
    }
}
