package dev.dragoman.training.data;

/** Sentence pairs as ids, wherever they are kept, with the numbers 0 to {@code size() - 1}. Immutable, safe for use by many threads. */
interface EncodedPairs {
    /** Number of pairs. */
    int size();

    /** Ids of the source, without control pieces. */
    int sourceLength(int pair);

    /** Ids of the target, without control pieces. */
    int targetLength(int pair);

    /** Copies the source ids of a pair to {@code ids} from {@code offset} on. */
    void copySource(int pair, int[] ids, int offset);

    /** Copies the target ids of a pair to {@code ids} from {@code offset} on. */
    void copyTarget(int pair, int[] ids, int offset);
}
