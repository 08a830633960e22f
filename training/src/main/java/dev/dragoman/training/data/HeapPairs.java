package dev.dragoman.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sentence pairs as ids in the heap. */
final class HeapPairs implements EncodedPairs {
    /*
     * Ids take 16 bits each, in chunks that a pair never straddles: 12 bytes a pair beside its ids, where objects would take ten times
     * as much, and no array meets the limit of 2^31 elements.
     */
    private static final int CHUNK_BITS = 20;
    private static final int CHUNK_SIZE = 1 << CHUNK_BITS;
    /** Ids take 16 bits. */
    static final int LARGEST_ID = Character.MAX_VALUE;

    private final char[][] chunks;
    private final long[] starts;
    private final char[] sourceLengths;
    private final char[] targetLengths;

    private HeapPairs(Builder builder) {
        chunks = builder.chunks.toArray(char[][]::new);
        starts = Arrays.copyOf(builder.starts, builder.pairs);
        sourceLengths = Arrays.copyOf(builder.sourceLengths, builder.pairs);
        targetLengths = Arrays.copyOf(builder.targetLengths, builder.pairs);
    }

    @Override
    public int size() {
        return starts.length;
    }

    @Override
    public int sourceLength(int pair) {
        return sourceLengths[pair];
    }

    @Override
    public int targetLength(int pair) {
        return targetLengths[pair];
    }

    @Override
    public void copySource(int pair, int[] ids, int offset) {
        copy(starts[pair], sourceLengths[pair], ids, offset);
    }

    @Override
    public void copyTarget(int pair, int[] ids, int offset) {
        copy(starts[pair] + sourceLengths[pair], targetLengths[pair], ids, offset);
    }

    private void copy(long start, int length, int[] ids, int offset) {
        char[] chunk = chunks[(int) (start >>> CHUNK_BITS)];
        int from = (int) start & (CHUNK_SIZE - 1);
        for (int i = 0; i < length; i++) {
            ids[offset + i] = chunk[from + i];
        }
    }

    /** The id in 16 bits. */
    static char narrow(int id) {
        if (id < 0 || id > LARGEST_ID) {
            throw new CorpusException("ids must be below " + (LARGEST_ID + 1) + ", but the tokenizer yields " + id);
        }
        return (char) id;
    }

    /** Collects encoded pairs in order; confined to one thread. */
    static final class Builder implements PairSink {
        private final List<char[]> chunks = new ArrayList<>();
        private char[] chunk = new char[0];
        private int used;
        private int pairs;
        private long[] starts = new long[1024];
        private char[] sourceLengths = new char[1024];
        private char[] targetLengths = new char[1024];

        @Override
        public void add(int[] source, int[] target) {
            int length = source.length + target.length;
            if (used + length > chunk.length) {
                chunk = new char[CHUNK_SIZE];
                chunks.add(chunk);
                used = 0;
            }
            if (pairs == starts.length) {
                grow();
            }
            starts[pairs] = ((long) (chunks.size() - 1) << CHUNK_BITS) + used;
            sourceLengths[pairs] = (char) source.length;
            targetLengths[pairs] = (char) target.length;
            pairs++;
            append(source);
            append(target);
        }

        /** Pairs so far. */
        int pairs() {
            return pairs;
        }

        HeapPairs build() {
            return new HeapPairs(this);
        }

        private void append(int[] ids) {
            for (int id : ids) {
                chunk[used++] = narrow(id);
            }
        }

        private void grow() {
            int capacity = (int) Math.min(2L * pairs, Integer.MAX_VALUE - 8);
            starts = Arrays.copyOf(starts, capacity);
            sourceLengths = Arrays.copyOf(sourceLengths, capacity);
            targetLengths = Arrays.copyOf(targetLengths, capacity);
        }
    }
}
