package dev.dragoman.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/**
 * All that goes between host and device in steps: one copy there, of the rows to work on, and one back, of what the search reads. The latter is
 * the only time that the host waits for the device.
 */
final class StepExchange {
    private long sent;
    private long received;

    /**
     * Copies rows to the device.
     *
     * @param ids {@code [N]} that the rows read
     * @param origins {@code [N]} the rows there that they continue; null where each continues itself
     * @return {@code [1, N]} or {@code [2, N]}, int64
     */
    NDArray send(NDManager owner, int[] ids, int @Nullable [] origins) {
        int rows = ids.length;
        long[] both = new long[origins == null ? rows : 2 * rows];
        for (int i = 0; i < rows; i++) {
            both[i] = ids[i];
        }
        for (int i = 0; origins != null && i < rows; i++) {
            both[rows + i] = origins[i];
        }
        sent++;
        return owner.create(both, new Shape(origins == null ? 1 : 2, rows));
    }

    /** Waits for the device, copies a vector from it and frees it there. */
    float[] receive(NDArray told) {
        received++;
        try (told) {
            return told.toFloatArray();
        }
    }

    /** Copies to the device so far. */
    long sent() {
        return sent;
    }

    /** Copies from the device so far. */
    long received() {
        return received;
    }
}
