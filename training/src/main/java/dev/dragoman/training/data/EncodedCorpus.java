package dev.dragoman.training.data;

import dev.dragoman.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * All sentence pairs of a training run as ids, in the heap or in mapped files. Control pieces are not among them; the batch adds those.
 *
 * <p>Pairs have the numbers 0 to {@code size() - 1}, in the order of the parts and of their files, whatever the number of
 * threads that encoded them. Immutable, safe for use by many threads.
 */
public final class EncodedCorpus {
    private final List<CorpusPart> parts;
    private final List<CorpusReport> reports;
    private final int[] firstPairs;
    private final EncodedPairs pairs;

    private EncodedCorpus(
            List<CorpusPart> parts, List<CorpusReport> reports, List<Integer> firstPairs, EncodedPairs pairs) {
        this.parts = List.copyOf(parts);
        this.reports = List.copyOf(reports);
        this.firstPairs = firstPairs.stream().mapToInt(Integer::intValue).toArray();
        this.pairs = pairs;
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
        HeapPairs.Builder builder = new HeapPairs.Builder();
        sentences.forEach(sentence -> builder.add(new int[0], sentence));
        CorpusPart part = CorpusPart.of(Path.of(""), OptionalInt.empty());
        return new EncodedCorpus(List.of(part), List.of(), List.of(0), builder.build());
    }

    /**
     * Pairs that are encoded already, without control pieces, of one nameless part.
     *
     * @param prefixId as in {@link CorpusPart}
     * @param targets as many as sources
     */
    public static EncodedCorpus ofPairs(OptionalInt prefixId, List<int[]> sources, List<int[]> targets) {
        HeapPairs.Builder builder = new HeapPairs.Builder();
        for (int pair = 0; pair < sources.size(); pair++) {
            builder.add(sources.get(pair), targets.get(pair));
        }
        CorpusPart part = CorpusPart.of(Path.of(""), prefixId);
        return new EncodedCorpus(List.of(part), List.of(), List.of(0), builder.build());
    }

    /**
     * Pairs that were encoded before and lie in files, which are mapped into memory: what is not in use takes none.
     *
     * @throws CorpusException if there are more than 2<sup>31</sup> - 1 pairs
     */
    public static EncodedCorpus ofShards(List<ShardedPart> parts) {
        List<Integer> firstPairs = new ArrayList<>();
        long pairs = 0;
        for (ShardedPart part : parts) {
            firstPairs.add((int) pairs);
            pairs += part.pairs();
            if (pairs > Integer.MAX_VALUE) {
                throw new CorpusException("the parts must have at most " + Integer.MAX_VALUE
                        + " pairs together, but those up to " + part.part().file() + " have " + pairs);
            }
        }
        return new EncodedCorpus(
                parts.stream().map(ShardedPart::part).toList(),
                parts.stream().map(ShardedPart::report).toList(),
                firstPairs,
                new MappedPairs(parts));
    }

    private static EncodedCorpus read(List<CorpusPart> parts, CorpusEncoder encoder) throws IOException {
        HeapPairs.Builder builder = new HeapPairs.Builder();
        List<CorpusReport> reports = new ArrayList<>();
        List<Integer> firstPairs = new ArrayList<>();
        for (CorpusPart part : parts) {
            firstPairs.add(builder.pairs());
            reports.add(encoder.encode(part, builder));
        }
        return new EncodedCorpus(parts, reports, firstPairs, builder.build());
    }

    /** Number of pairs. */
    public int size() {
        return pairs.size();
    }

    /**
     * A digest of all pairs in their order, in hexadecimal digits: what batches are made of. Reads all ids, which takes a second for some
     * hundred million.
     */
    public String fingerprint() {
        CRC32C sum = new CRC32C();
        int[] ids = new int[1];
        ByteBuffer bytes = ByteBuffer.allocate(0);
        for (int pair = 0; pair < size(); pair++) {
            int source = sourceLength(pair);
            int length = source + targetLength(pair);
            if (ids.length < length || bytes.capacity() == 0) {
                ids = new int[2 * length + 1];
                bytes = ByteBuffer.allocate(Character.BYTES * (ids.length + 2));
            }
            pairs.copySource(pair, ids, 0);
            pairs.copyTarget(pair, ids, source);
            bytes.clear().putChar((char) source).putChar((char) length);
            for (int i = 0; i < length; i++) {
                bytes.putChar((char) ids[i]);
            }
            sum.update(bytes.flip());
        }
        return Long.toHexString(sum.getValue());
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
        return pairs.sourceLength(pair);
    }

    /** Number of ids of the target, without control pieces. */
    public int targetLength(int pair) {
        return pairs.targetLength(pair);
    }

    /** Copies the source ids of a pair to {@code ids} from {@code offset} on. */
    public void copySource(int pair, int[] ids, int offset) {
        pairs.copySource(pair, ids, offset);
    }

    /** Copies the target ids of a pair to {@code ids} from {@code offset} on. */
    public void copyTarget(int pair, int[] ids, int offset) {
        pairs.copyTarget(pair, ids, offset);
    }
}
