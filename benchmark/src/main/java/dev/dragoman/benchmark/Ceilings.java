package dev.dragoman.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;

/**
 * What this machine can do at best, measured with the threads and the clock of the benchmark that asks.
 *
 * @param float32 operations per second of a product of float32 matrices, a multiply-add counted as two
 * @param bfloat16 likewise of bfloat16
 * @param read bytes per second of a plain stream from memory
 */
record Ceilings(double float32, double bfloat16, double read) {
    private static final int PRODUCT = 2048;
    /** 2 GiB in float32: more than caches hold, those shared with neighbours included. */
    private static final long STREAM = 1L << 29;

    private static final int TRIES = 5;

    /** Takes some seconds; the best of several tries each. */
    static Ceilings measure(NDManager parent, Rounds.Clock clock) {
        return measure(parent, clock, PRODUCT, STREAM);
    }

    /**
     * As {@link #measure(NDManager, Rounds.Clock)} with sizes of its own.
     *
     * @param product rows and columns of the matrices
     * @param stream numbers in the array
     */
    static Ceilings measure(NDManager parent, Rounds.Clock clock, int product, long stream) {
        try (NDManager manager = parent.newSubManager();
                Kernels kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 1, 0))) {
            return new Ceilings(
                    products(kernels, manager, clock, product, Precision.FLOAT32),
                    products(kernels, manager, clock, product, Precision.BFLOAT16),
                    stream(manager, clock, stream));
        }
    }

    private static double products(
            Kernels kernels, NDManager manager, Rounds.Clock clock, int size, Precision precision) {
        try (NDArray matrix = RandomRows.of(kernels, manager, precision, 1, size, size);
                NDArray turned = matrix.transpose()) {
            return 2.0
                    * size
                    * size
                    * size
                    / best(clock, () -> matrix.matMul(turned).close());
        }
    }

    private static double stream(NDManager manager, Rounds.Clock clock, long numbers) {
        try (NDArray array = manager.ones(new Shape(numbers))) {
            return 4.0 * numbers / best(clock, () -> array.sum().close());
        }
    }

    private static double best(Rounds.Clock clock, Runnable call) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < TRIES; i++) {
            best = Math.min(best, clock.time(call));
        }
        return best;
    }

    /** Operations per second where matrices are kept so; those of 8 bits are multiplied in whichever type is faster. */
    double products(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> float32;
            case BFLOAT16 -> bfloat16;
            case INT8 -> Math.max(float32, bfloat16);
        };
    }

    /** Seconds below which the work cannot be done: neither its arithmetic nor its bytes take less. */
    double floor(Work work, Precision precision) {
        return Math.max(work.operations() / products(precision), work.bytes() / read);
    }

    /**
     * What has to be done.
     *
     * @param operations of products, a multiply-add counted as two
     * @param bytes that have to come from memory or go there
     */
    record Work(double operations, double bytes) {}
}
