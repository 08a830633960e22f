package dev.dragoman.training.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Orders a corpus anew for every epoch and cuts it into batches of little padding.
 *
 * <p>The order of an epoch is a pure function of corpus, options and epoch number, so any batch of any epoch can be had
 * directly, and training that resumes at a {@link BatchPosition} sees what uninterrupted training would have seen.
 *
 * <p>Safe for use by many threads.
 */
public final class BatchSampler {
    /*
     * An epoch: (1) every pair as often as its part's weight says, (2) shuffled, (3) cut into windows, (4) each sorted by
     * target, then source length, ties in shuffled order, (5) cut greedily at the token budget, (6) the batches shuffled
     * across all windows. The source order alternates from one target length to the next, so that the batch across
     * the border joins long with long or short with short sources. A million pairs take about a tenth of a second.
     */
    private static final int LENGTH_BITS = 16;

    private final EncodedCorpus corpus;
    private final SpecialIds special;
    private final SamplerOptions options;
    /** Length in a batch, control pieces included, of every pair. */
    private final char[] sourceLengths;

    private final char[] targetLengths;

    /**
     * @throws CorpusException if the corpus is empty, or a pair alone is beyond the token budget; the message names limit
     *     and value
     */
    public BatchSampler(EncodedCorpus corpus, SpecialIds special, SamplerOptions options) {
        if (corpus.size() == 0) {
            throw new CorpusException("the corpus has no sentence pairs");
        }
        if (epochSize(corpus) == 0) {
            throw new CorpusException("the weights leave no sentence pairs to an epoch");
        }
        this.corpus = corpus;
        this.special = special;
        this.options = options;
        sourceLengths = new char[corpus.size()];
        targetLengths = new char[corpus.size()];
        int longest = 0;
        for (int pair = 0; pair < corpus.size(); pair++) {
            sourceLengths[pair] = (char) Batch.sourceLength(corpus, pair);
            targetLengths[pair] = (char) Batch.targetLength(corpus, pair);
            longest = Math.max(longest, Math.max(sourceLengths[pair], targetLengths[pair]));
        }
        if (longest > options.maximumTokens()) {
            throw new CorpusException("a batch of " + options.maximumTokens()
                    + " tokens cannot hold the longest sentence, which has " + longest);
        }
    }

    /** Plans an epoch, counted from 0. */
    public EpochPlan plan(int epoch) {
        // Consecutive states of one generator are as good as unrelated seeds: each is hashed before it is used.
        SplittableRandom random = new SplittableRandom(new SplittableRandom(options.seed()).nextLong() + epoch);
        int[] order = drawPairs(random);
        shuffle(order, order.length, random);
        sortWindows(order);
        int[] starts = cut(order);
        int batches = starts.length - 1;
        int[] batchOrder = new int[batches];
        Arrays.setAll(batchOrder, i -> i);
        shuffle(batchOrder, batches, random);
        return new EpochPlan(this, epoch, order, starts, batchOrder);
    }

    /**
     * All batches from a position on, epoch after epoch without end, built ahead of the caller on a thread of their own.
     *
     * @param ahead how many finished batches may wait, at least 1
     * @throws CorpusException if the epoch has fewer batches than the position says
     */
    public BatchStream stream(BatchPosition from, int ahead) {
        return new BatchStream(this, from, ahead);
    }

    EncodedCorpus corpus() {
        return corpus;
    }

    SpecialIds special() {
        return special;
    }

    int sourceLength(int pair) {
        return sourceLengths[pair];
    }

    int targetLength(int pair) {
        return targetLengths[pair];
    }

    /** The pairs of an epoch, whole weights as copies, the fraction as a random draw without repetition. */
    private int[] drawPairs(SplittableRandom random) {
        int[] pairs = new int[epochSize(corpus)];
        int used = 0;
        for (int part = 0; part < corpus.parts().size(); part++) {
            int first = corpus.firstPair(part);
            int[] all = new int[corpus.firstPair(part + 1) - first];
            Arrays.setAll(all, i -> first + i);
            double weight = corpus.parts().get(part).weight();
            for (int copy = 0; copy < (int) weight; copy++) {
                System.arraycopy(all, 0, pairs, used, all.length);
                used += all.length;
            }
            int drawn = fraction(weight, all.length);
            shuffle(all, drawn, random);
            System.arraycopy(all, 0, pairs, used, drawn);
            used += drawn;
        }
        return pairs;
    }

    private static int epochSize(EncodedCorpus corpus) {
        long size = 0;
        for (int part = 0; part < corpus.parts().size(); part++) {
            int pairs = corpus.firstPair(part + 1) - corpus.firstPair(part);
            double weight = corpus.parts().get(part).weight();
            size += (long) Math.floor(weight) * pairs + fraction(weight, pairs);
        }
        return Math.toIntExact(size);
    }

    private static int fraction(double weight, int pairs) {
        return (int) Math.round((weight - Math.floor(weight)) * pairs);
    }

    private void sortWindows(int[] order) {
        long[] keys = new long[Math.min(order.length, options.windowPairs())];
        int[] window = new int[keys.length];
        for (int start = 0; start < order.length; start += keys.length) {
            int length = Math.min(keys.length, order.length - start);
            System.arraycopy(order, start, window, 0, length);
            for (int i = 0; i < length; i++) {
                keys[i] = key(window[i], i);
            }
            Arrays.sort(keys, 0, length);
            for (int i = 0; i < length; i++) {
                order[start + i] = window[(int) keys[i]];
            }
        }
    }

    private long key(int pair, int place) {
        int target = targetLengths[pair];
        int source = sourceLengths[pair];
        int snake = (target & 1) == 0 ? source : (1 << LENGTH_BITS) - 1 - source;
        return ((long) target << (LENGTH_BITS + Integer.SIZE)) | ((long) snake << Integer.SIZE) | place;
    }

    /** Starts of the batches in the order, and its length behind the last. */
    private int[] cut(int[] order) {
        int[] starts = new int[1024];
        int batches = 0;
        int rows = 0;
        int width = 0;
        for (int i = 0; i < order.length; i++) {
            int wider = Math.max(width, Math.max(sourceLengths[order[i]], targetLengths[order[i]]));
            boolean full = (long) (rows + 1) * wider > options.maximumTokens() || rows == options.maximumRows();
            // The window's border separates its longest sentences from the shortest of the next.
            if (i == 0 || full || i % options.windowPairs() == 0) {
                if (batches + 1 == starts.length) {
                    starts = Arrays.copyOf(starts, 2 * starts.length);
                }
                starts[batches++] = i;
                rows = 0;
                wider = Math.max(sourceLengths[order[i]], targetLengths[order[i]]);
            }
            rows++;
            width = wider;
        }
        starts[batches] = order.length;
        return Arrays.copyOf(starts, batches + 1);
    }

    /** Puts a random draw of {@code count} elements in front, in random order (Fisher and Yates). */
    private static void shuffle(int[] values, int count, SplittableRandom random) {
        for (int i = 0; i < count; i++) {
            int j = i + below(random, values.length - i);
            int value = values[i];
            values[i] = values[j];
            values[j] = value;
        }
    }

    /**
     * An integer from 0 to {@code bound - 1}. Not {@code random.nextInt(bound)}, whose way from bits to a number may change with
     * the JDK, and with it the order of a run that is resumed; the bias is below {@code bound / 2^32}.
     */
    private static int below(SplittableRandom random, int bound) {
        return (int) (((random.nextLong() >>> Integer.SIZE) * bound) >>> Integer.SIZE);
    }
}
