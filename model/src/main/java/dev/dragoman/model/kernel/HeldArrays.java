package dev.dragoman.model.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/**
 * A list of arrays that many calls take: handed to the engine once, not at every call.
 *
 * <p>It shares the arrays' memory, which stays as long as either is open.
 */
public final class HeldArrays implements AutoCloseable {
    private final IValue value;

    public HeldArrays(List<NDArray> arrays) {
        value = IValue.listFrom(arrays.toArray(new PtNDArray[0]));
    }

    IValue value() {
        return value;
    }

    @Override
    public void close() {
        value.close();
    }
}
