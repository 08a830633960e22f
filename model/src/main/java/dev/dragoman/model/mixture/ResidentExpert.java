package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The matrices of one expert on a device. The cache and every batch that uses them hold them; whoever lets go last frees them.
 *
 * <p>On a GPU they may be freed while a product that was asked for still waits: the engine gives the memory to nothing that runs before it.
 */
final class ResidentExpert {
    private final NDList arrays;
    private final Runnable onFreed;
    private final AtomicInteger holders = new AtomicInteger(2);

    /**
     * Held twice: by the cache and by whoever made it.
     *
     * @param arrays as {@link #arrays} returns them; taken over
     * @param onFreed called once
     */
    ResidentExpert(NDList arrays, Runnable onFreed) {
        this.arrays = arrays;
        this.onFreed = onFreed;
    }

    /** Holds the matrices; false if they are freed already. */
    boolean hold() {
        return holders.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
    }

    /** Lets go, once for each time that it was held. */
    void release() {
        if (holders.decrementAndGet() == 0) {
            arrays.close();
            onFreed.run();
        }
    }

    /** As {@link ExpertMatrices#partsOf} gives them, each with one expert. */
    NDList arrays() {
        return arrays;
    }
}
