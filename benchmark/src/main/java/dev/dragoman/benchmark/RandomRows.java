package dev.dragoman.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.kernel.Kernels;

/** Random arrays of the types that DJL itself does not make. */
final class RandomRows {
    private RandomRows() {}

    /** Uniform around 0 with a standard deviation; bfloat16 unless float32 is asked for. */
    static NDArray of(Kernels kernels, NDManager manager, Precision precision, double deviation, long... shape) {
        long narrow = precision == Precision.FLOAT32 ? 0 : 1;
        // A copy, since the engine takes no gradient of what a kernel computed without recording.
        try (NDArray like = manager.create(0f);
                NDArray array = kernels.run(manager, "uniform", like, shape, Math.sqrt(3) * deviation, narrow)
                        .get(0)) {
            return array.duplicate();
        }
    }
}
