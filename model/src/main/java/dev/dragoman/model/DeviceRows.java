package dev.dragoman.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.layer.EncodedSource;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a decoding through the engine: of each its encoded sentence and its state, which stay on the device.
 *
 * <p>What a search does to rows between two steps is only noted: the next step moves them on the device, in the call that it makes anyway.
 */
final class DeviceRows implements AutoCloseable {
    private static final int[] NONE = {};

    private final Kernels kernels;
    private final NDManager manager;

    /** Of each row: which sentence it translates, counted from the first that was ever admitted. */
    private int[] sentences = NONE;
    /** Of each row: source tokens. */
    private int[] sourceLengths = NONE;
    /** Of each row on the device: its sentence. */
    private int[] there = NONE;
    /** Of each row: that on the device which it continues; null where they are the same. */
    private int @Nullable [] origins;

    private int admitted;
    private @Nullable EncodedSource source;
    private NDList state = new NDList();
    private NDManager sourceOwner;
    private NDManager stateOwner;

    /**
     * @param manager on the device, closed with the rows
     */
    DeviceRows(Kernels kernels, NDManager manager) {
        this.kernels = kernels;
        this.manager = manager;
        sourceOwner = manager.newSubManager();
        stateOwner = manager.newSubManager();
    }

    int count() {
        return sentences.length;
    }

    int sourceLength(int row) {
        return sourceLengths[row];
    }

    /** For arrays that may become these rows'. */
    NDManager newOwner() {
        return manager.newSubManager();
    }

    /** Of each row that on the device which it continues; null where each continues itself. */
    int @Nullable [] origins() {
        return origins;
    }

    /** The length to which the sources of the rows are to be gathered; 0 where each stays with its row, as between hypotheses of one sentence. */
    long longest() {
        return Arrays.equals(sentences, there)
                ? 0
                : Arrays.stream(sourceLengths).max().orElse(0);
    }

    /** The encoded sentences of the rows on the device, of which there has to be one. */
    EncodedSource source() {
        return Objects.requireNonNull(source, "there are rows");
    }

    /** The state of the rows on the device. */
    NDList state() {
        return state;
    }

    /** Has rows go on, twice or not at all; new row {@code i} continues old row {@code from[i]}. With none the device's memory is free. */
    void reorder(int[] from) {
        if (from.length == 0) {
            clear();
            return;
        }
        int[] next = new int[from.length];
        int[] nextSentences = new int[from.length];
        int[] nextLengths = new int[from.length];
        boolean same = from.length == there.length;
        for (int i = 0; i < from.length; i++) {
            next[i] = origins == null ? from[i] : origins[from[i]];
            nextSentences[i] = sentences[from[i]];
            nextLengths[i] = sourceLengths[from[i]];
            same &= next[i] == i;
        }
        origins = same ? null : next;
        sentences = nextSentences;
        sourceLengths = nextLengths;
    }

    private void clear() {
        sentences = NONE;
        sourceLengths = NONE;
        there = NONE;
        origins = null;
        source = null;
        state = new NDList();
        own(manager.newSubManager(), manager.newSubManager());
    }

    /** Moves the rows on the device, in a call of its own. */
    void settle() {
        int[] from = origins;
        if (from == null) {
            return;
        }
        NDManager nextState = newOwner();
        NDManager nextSource = sourceOwner;
        try (NDArray rows = nextState.create(Arrays.stream(from).asLongStream().toArray())) {
            NDList moved = kernels.run(nextState, "select_rows", state, rows);
            long longest = longest();
            if (longest > 0) {
                EncodedSource read = source();
                nextSource = newOwner();
                source = source(kernels.run(
                        nextSource, "spread_source", read.memory(), read.keys(), read.mask(), rows, longest));
            }
            state = moved;
        }
        own(nextSource, nextState);
        moved();
    }

    /**
     * Adds rows behind the others, at the start of their translation.
     *
     * @param encoded one sentence for each
     * @param start their state
     * @param lengths their source tokens
     * @param longest to which these sentences are padded
     */
    void append(EncodedSource encoded, NDList start, int[] lengths, long longest) {
        settle();
        NDManager nextSource = newOwner();
        NDManager nextState = newOwner();
        try {
            EncodedSource before = source;
            if (before == null) {
                start.attach(nextState);
                new NDList(encoded.memory(), encoded.keys(), encoded.mask()).attach(nextSource);
                source = encoded;
                state = start;
            } else {
                NDList both = kernels.run(nextState, "append_rows", state, start);
                source = appended(before, encoded, longest, nextSource);
                state = both;
            }
        } catch (RuntimeException e) {
            nextSource.close();
            nextState.close();
            throw e;
        }
        own(nextSource, nextState);
        int before = count();
        sentences = Arrays.copyOf(sentences, before + lengths.length);
        sourceLengths = Arrays.copyOf(sourceLengths, sentences.length);
        for (int i = 0; i < lengths.length; i++) {
            sentences[before + i] = admitted++;
            sourceLengths[before + i] = lengths[i];
        }
        moved();
    }

    private EncodedSource appended(EncodedSource before, EncodedSource behind, long longest, NDManager owner) {
        return source(kernels.run(
                owner,
                "append_source",
                new NDList(before.memory(), behind.memory()),
                new NDList(before.keys(), behind.keys()),
                new NDList(before.mask(), behind.mask()),
                Math.max(before.mask().getShape().get(1), longest)));
    }

    private static EncodedSource source(NDList arrays) {
        return new EncodedSource(arrays.get(0), arrays.get(1), arrays.get(2));
    }

    /** A step has given the rows on the device another state. */
    void advance(NDList next) {
        state = next;
    }

    /** As {@link #advance}, to arrays of another owner, which is closed with the next. */
    void advance(NDList next, NDManager owner) {
        state = next;
        own(sourceOwner, owner);
    }

    /**
     * A step has moved the rows and given them another state.
     *
     * @param gathered their sources, where these have moved too; else spent
     * @param owner of both and of {@code next}
     */
    void moveAndAdvance(NDList gathered, NDList next, NDManager owner) {
        NDManager nextSource = sourceOwner;
        if (longest() > 0) {
            nextSource = newOwner();
            gathered.attach(nextSource);
            source = source(gathered);
        } else {
            gathered.close();
        }
        state = next;
        own(nextSource, owner);
        moved();
    }

    private void moved() {
        origins = null;
        there = sentences;
    }

    private void own(NDManager nextSource, NDManager nextState) {
        if (nextSource != sourceOwner) {
            sourceOwner.close();
            sourceOwner = nextSource;
        }
        if (nextState != stateOwner) {
            stateOwner.close();
            stateOwner = nextState;
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
