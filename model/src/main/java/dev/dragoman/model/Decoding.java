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
     * @param logProbabilities natural logarithms, laid out as {@code ids}; negative infinity behind the last id of a shorter list
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
     * @param shortlists of each sentence the only ids that its translation may have, ascending; null for one that may have all, and null
     *     where all may. Probabilities are those among all ids, exact or estimated: what is not on the list is not computed by all
     * @throws IllegalArgumentException if a sentence or a list is empty, an id is outside the vocabulary or a list not ascending; the state
     *     is as before then
     */
    void admit(int[][] sources, int @Nullable [] @Nullable [] shortlists);

    /** Admits sentences whose translations may have all ids. */
    default void admit(int[][] sources) {
        admit(sources, null);
    }

    /**
     * How many calls of native code have worked so far: for this decoding by the native kernels, for its network by the engine, whose copies to and
     * from the device come on top. What they are more from one moment to another is what the work in between took.
     */
    long calls();

    /**
     * Refuses lists that are none.
     *
     * @throws IllegalArgumentException as {@link #admit(int[][], int[][])} says
     */
    static void requireShortlists(int sentences, int @Nullable [] @Nullable [] shortlists, int vocabularySize) {
        if (shortlists == null) {
            return;
        }
        if (shortlists.length != sentences) {
            throw new IllegalArgumentException(
                    "one shortlist per sentence, " + sentences + ", is needed, but there are " + shortlists.length);
        }
        for (int[] list : shortlists) {
            if (list == null) {
                continue;
            }
            int before = -1;
            for (int id : list) {
                if (id <= before || id >= vocabularySize) {
                    throw new IllegalArgumentException("ids of a shortlist must ascend from 0 to "
                            + (vocabularySize - 1) + ", but " + id + " follows " + before);
                }
                before = id;
            }
            if (before < 0) {
                throw new IllegalArgumentException("a shortlist must have at least 1 id, but has 0");
            }
        }
    }

    @Override
    void close();
}
