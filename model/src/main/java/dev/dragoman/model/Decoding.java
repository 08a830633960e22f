package dev.dragoman.model;

import org.jspecify.annotations.Nullable;

/**
 * The decoding of a batch of encoded sentences: rows of state that advance one token at a time.
 *
 * <p>Opens with one row per sentence. Confined to one thread; whoever opened it closes it, which frees its native memory.
 */
public interface Decoding extends AutoCloseable {
    /**
     * The best continuations of every row.
     *
     * @param ids {@code [rows * candidates]}, row-major, best first
     * @param logProbabilities natural logarithms, laid out as {@code ids}
     * @param attention {@code [rows][source length]}, each row summing to 1; null unless asked for
     */
    record Step(int[] ids, float[] logProbabilities, float @Nullable [][] attention) {}

    /** How many rows are live. */
    int rows();

    /** Source tokens of the sentence that {@code row} translates. */
    int sourceLength(int row);

    /**
     * Feeds each row its last token.
     *
     * @param lastIds one per row; {@code bosId} at the first step
     * @param candidates continuations per row, 1 to the size of the vocabulary
     * @param attention whether to return the attention weights
     * @throws IllegalArgumentException if an argument is out of bounds; the state is as before then
     */
    Step step(int[] lastIds, int candidates, boolean attention);

    /**
     * Makes the rows of the next step: new row {@code i} continues old row {@code origins[i]}.
     *
     * @throws IllegalArgumentException if no row goes on, or an origin is no row
     */
    void reorder(int[] origins);

    @Override
    void close();
}
