package dev.dragoman.model;

import org.jspecify.annotations.Nullable;

/** A way of taking decoder steps of rows on a device. */
interface RowSteps extends AutoCloseable {
    /**
     * What a step tells of each row.
     *
     * @param ids {@code [N * candidates]}, best first
     * @param logProbabilities laid out as {@code ids}
     * @param attention {@code [N * S]}, S of the longest source; null unless asked for
     */
    record Ranking(int[] ids, float[] logProbabilities, float @Nullable [] attention) {}

    /** Feeds each row, of which there is at least one, its last id; all arguments have been checked. */
    Ranking step(DeviceRows rows, int[] lastIds, int candidates, boolean attention);

    /** Tells that sentences are about to come in. */
    void interrupt();

    @Override
    void close();
}
