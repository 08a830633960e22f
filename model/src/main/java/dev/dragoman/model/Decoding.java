package dev.dragoman.model;

import org.jspecify.annotations.Nullable;

/**
 * The decoding of encoded sentences: rows of state that advance one token at a time.
 *
 * <p>Opens with one row per sentence; further sentences may be admitted between any two steps, whether rows are left or not. A sentence
 * that no row translates any more is forgotten. Confined to one thread; whoever opened it closes it, which frees its native memory.
 */
public interface Decoding extends AutoCloseable {
    /**
     * The best continuations of every row; valid until the next call, which may use its arrays again.
     *
     * @param ids {@code [rows * candidates]} or longer, row-major, best first
     * @param logProbabilities natural logarithms, laid out as {@code ids}
     * @param attention {@code [rows][source length]} or longer, each row summing to 1 over its source; null unless asked for
     * @param scored natural logarithms of the ids that were asked for, laid out as these; null unless asked for
     */
    record Step(
            int[] ids,
            float[] logProbabilities,
            float @Nullable [][] attention,
            float @Nullable [] @Nullable [] scored) {}

    /** How many rows are live; may be none. */
    int rows();

    /** Source tokens of the sentence that {@code row} translates. */
    int sourceLength(int row);

    /**
     * Feeds each row its last token.
     *
     * @param lastIds one per row; {@code bosId} at the first step of a sentence
     * @param candidates continuations per row, 1 to the size of the vocabulary
     * @param attention whether to return the attention weights
     * @param scored of each row the ids whose log probabilities are wanted whatever their rank, or null for a row without; null where no
     *     row has any
     * @throws IllegalArgumentException if an argument is out of bounds; the state is as before then
     */
    Step step(int[] lastIds, int candidates, boolean attention, int @Nullable [] @Nullable [] scored);

    /** A step of which the best continuations alone are wanted. */
    default Step step(int[] lastIds, int candidates, boolean attention) {
        return step(lastIds, candidates, attention, null);
    }

    /**
     * Makes the rows of the next step: new row {@code i} continues old row {@code origins[i]}.
     *
     * <p>With no origins no row is left, and the memory of all is free.
     *
     * @throws IllegalArgumentException if an origin is no row; the state is as before then
     */
    void reorder(int[] origins);

    /**
     * Encodes sentences and adds one row for each behind the live ones, at the start of its translation.
     *
     * @param sources ids of each sentence with prefix and end symbol, none empty
     * @throws IllegalArgumentException if a sentence is empty or an id is outside the vocabulary; the state is as before then
     */
    void admit(int[][] sources);

    @Override
    void close();
}
