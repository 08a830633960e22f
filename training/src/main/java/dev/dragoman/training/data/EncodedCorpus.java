package dev.dragoman.training.data;

import dev.dragoman.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * All sentence pairs of a training run as ids in memory.
 *
 * <p>Pairs have the numbers 0 to {@code size() - 1}, in the order of the parts and of their files, whatever the number of
 * threads that encoded them. Immutable, safe for use by many threads.
 */
public final class EncodedCorpus {
    /*
     * Ids take 16 bits each, in chunks that a pair never straddles: 12 bytes a pair beside its ids, so the 36 million pairs
     * of WMT14 English-French take about 5 GB where objects would take ten times as much, and no array meets the
     * limit of 2^31 elements. Control pieces are not stored; the batch adds them.
     */
    private static final int CHUNK_BITS = 20;
    private static final int CHUNK_SIZE = 1 << CHUNK_BITS;
    private static final int LARGEST_VOCABULARY = 1 << Character.SIZE;

    private final List<CorpusPart> parts;
    private final List<CorpusReport> reports;
    private final int[] firstPairs;
    private final char[][] chunks;
    private final long[] starts;
    private final char[] sourceLengths;
    private final char[] targetLengths;

    private EncodedCorpus(Builder builder) {
        parts = List.copyOf(builder.parts);
        reports = List.copyOf(builder.reports);
        firstPairs = builder.firstPairs.stream().mapToInt(Integer::intValue).toArray();
        chunks = builder.chunks.toArray(char[][]::new);
        starts = Arrays.copyOf(builder.starts, builder.pairs);
        sourceLengths = Arrays.copyOf(builder.sourceLengths, builder.pairs);
        targetLengths = Arrays.copyOf(builder.targetLengths, builder.pairs);
    }

    /**
     * Reads and encodes all parts.
     *
     * @param threads how many threads encode, at least 1; the result does not depend on it
     * @throws IOException if a file cannot be read; the message names file and line
     * @throws CorpusException if the tokenizer yields an id above 65,535, which this storage cannot hold
     */
    public static EncodedCorpus read(List<CorpusPart> parts, Tokenizer tokenizer, PairFilter filter, int threads)
            throws IOException {
        return read(parts, new CorpusEncoder(tokenizer, filter, pair -> true, threads));
    }

    /**
     * Reads and encodes the sentences of all parts that name columns, each sentence once: they are pairs with an empty source.
     *
     * @param maximumTokens longer sentences are left out
     * @param seen sentences that are left out; those read are added
     * @param threads how many threads encode, at least 1; the result does not depend on it
     * @throws IOException if a file cannot be read; the message names file and line
     * @throws CorpusException if the tokenizer yields an id above 65,535, which this storage cannot hold
     */
    public static EncodedCorpus readSentences(
            List<CorpusPart> parts, Tokenizer tokenizer, int maximumTokens, SentenceSet seen, int threads)
            throws IOException {
        SentenceFilter filter = new SentenceFilter(maximumTokens);
        return read(parts, new CorpusEncoder(tokenizer, filter, entry -> seen.add(entry.target()), threads));
    }

    /** Sentences that are encoded already, without control pieces: pairs with an empty source, of one nameless part. */
    public static EncodedCorpus ofSentences(List<int[]> sentences) {
        Builder builder = new Builder();
        builder.beginPart(CorpusPart.of(Path.of(""), OptionalInt.empty()));
        sentences.forEach(sentence -> builder.add(new int[0], sentence));
        return new EncodedCorpus(builder);
    }

    /**
     * Pairs that are encoded already, without control pieces, of one nameless part.
     *
     * @param prefixId as in {@link CorpusPart}
     * @param targets as many as sources
     */
    public static EncodedCorpus ofPairs(OptionalInt prefixId, List<int[]> sources, List<int[]> targets) {
        Builder builder = new Builder();
        builder.beginPart(CorpusPart.of(Path.of(""), prefixId));
        for (int pair = 0; pair < sources.size(); pair++) {
            builder.add(sources.get(pair), targets.get(pair));
        }
        return new EncodedCorpus(builder);
    }

    private static EncodedCorpus read(List<CorpusPart> parts, CorpusEncoder open) throws IOException {
        Builder builder = new Builder();
        try (CorpusEncoder encoder = open) {
            for (CorpusPart part : parts) {
                encoder.encode(part, builder);
            }
        }
        return new EncodedCorpus(builder);
    }

    /** Number of pairs. */
    public int size() {
        return starts.length;
    }

    /** The parts in the order of their pairs. */
    public List<CorpusPart> parts() {
        return parts;
    }

    /** What was read and left out, part by part. */
    public List<CorpusReport> reports() {
        return reports;
    }

    /** The number of the first pair of a part; that of a part behind the last is {@link #size()}. */
    int firstPair(int part) {
        return part == firstPairs.length ? size() : firstPairs[part];
    }

    /** The part that a pair belongs to. */
    public CorpusPart part(int pair) {
        int low = 0;
        int high = firstPairs.length;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (firstPairs[middle] <= pair) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return parts.get(low);
    }

    /** Number of ids of the source, without control pieces. */
    public int sourceLength(int pair) {
        return sourceLengths[pair];
    }

    /** Number of ids of the target, without control pieces. */
    public int targetLength(int pair) {
        return targetLengths[pair];
    }

    /** Copies the source ids of a pair to {@code ids} from {@code offset} on. */
    void copySource(int pair, int[] ids, int offset) {
        copy(starts[pair], sourceLengths[pair], ids, offset);
    }

    /** Copies the target ids of a pair to {@code ids} from {@code offset} on. */
    void copyTarget(int pair, int[] ids, int offset) {
        copy(starts[pair] + sourceLengths[pair], targetLengths[pair], ids, offset);
    }

    private void copy(long start, int length, int[] ids, int offset) {
        char[] chunk = chunks[(int) (start >>> CHUNK_BITS)];
        int from = (int) start & (CHUNK_SIZE - 1);
        for (int i = 0; i < length; i++) {
            ids[offset + i] = chunk[from + i];
        }
    }

    /** Collects encoded pairs in order; confined to one thread. */
    static final class Builder {
        private final List<CorpusPart> parts = new ArrayList<>();
        private final List<CorpusReport> reports = new ArrayList<>();
        private final List<Integer> firstPairs = new ArrayList<>();
        private final List<char[]> chunks = new ArrayList<>();
        private char[] chunk = new char[0];
        private int used;
        private int pairs;
        private long[] starts = new long[1024];
        private char[] sourceLengths = new char[1024];
        private char[] targetLengths = new char[1024];

        void beginPart(CorpusPart part) {
            parts.add(part);
            firstPairs.add(pairs);
        }

        void add(int[] source, int[] target) {
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

        void endPart(CorpusReport report) {
            reports.add(report);
        }

        int pairs() {
            return pairs;
        }

        private void append(int[] ids) {
            for (int id : ids) {
                if (id < 0 || id >= LARGEST_VOCABULARY) {
                    throw new CorpusException(
                            "ids must be below " + LARGEST_VOCABULARY + ", but the tokenizer yields " + id);
                }
                chunk[used++] = (char) id;
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
