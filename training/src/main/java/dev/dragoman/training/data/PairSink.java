package dev.dragoman.training.data;

import java.io.IOException;

/** What encoded pairs are put into, in their order, by one thread. */
interface PairSink {
    /**
     * Takes a pair.
     *
     * @throws CorpusException if an id is above {@value HeapPairs#LARGEST_ID}
     */
    void add(int[] source, int[] target) throws IOException;
}
