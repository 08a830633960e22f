package dev.dragoman.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.layer.Decoder;
import dev.dragoman.model.layer.EncodedSource;
import dev.dragoman.model.layer.PaddedIds;
import dev.dragoman.model.layer.SourceArrays;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A decoding layer by layer, through the engine: the only one on a GPU, and the reference beside every other. */
final class EngineDecoding implements Decoding {
    private static final int[] NO_ROWS = {};

    private final TranslationNetwork network;
    private final NDManager manager;
    private final int padId;

    /** Of each row: which sentence it translates, counted from the first that was ever admitted. */
    private int[] sentences = NO_ROWS;
    /** Of each row: source tokens. */
    private int[] sourceLengths = NO_ROWS;

    private int admitted;
    /** The encoded sentence of each row; null while there is none. */
    private @Nullable EncodedSource source;

    private NDManager sourceManager;
    private NDList state = new NDList();
    private NDManager stateManager;

    private EngineDecoding(TranslationNetwork network, NDManager manager, int padId) {
        this.network = network;
        this.manager = manager;
        this.padId = padId;
        sourceManager = manager.newSubManager();
        stateManager = manager.newSubManager();
    }

    /** Opens a decoding of sentences, which may be none. */
    static EngineDecoding open(TranslationNetwork network, NDManager parent, int padId, int[]... sources) {
        EngineDecoding decoding = new EngineDecoding(network, parent.newSubManager(), padId);
        try {
            decoding.admit(sources);
            return decoding;
        } catch (RuntimeException e) {
            decoding.close();
            throw e;
        }
    }

    @Override
    public void admit(int[][] sources) {
        for (int[] sentence : sources) {
            for (int id : sentence) {
                require("id", id, 0, network.configuration().vocabularySize() - 1);
            }
        }
        PaddedIds padded = PaddedIds.of(sources, padId);
        if (padded.sentences() == 0) {
            return;
        }
        NDManager nextSourceManager = manager.newSubManager();
        NDManager nextStateManager = manager.newSubManager();
        try (NDManager scratch = manager.newSubManager()) {
            EncodedSource encoded = network.encode(SourceArrays.of(scratch, padded));
            NDList zero = network.initialState(scratch, padded.sentences());
            EncodedSource before = source;
            if (before == null) {
                zero.attach(nextStateManager);
                source = attached(encoded, nextSourceManager);
                state = zero;
            } else {
                NDList both = network.kernels().run(nextStateManager, "append_rows", state, zero);
                source = appended(before, encoded, padded.length(), nextSourceManager);
                state = both;
            }
        } catch (RuntimeException e) {
            nextSourceManager.close();
            nextStateManager.close();
            throw e;
        }
        use(nextSourceManager);
        stateManager.close();
        stateManager = nextStateManager;
        int before = rows();
        sentences = Arrays.copyOf(sentences, before + padded.sentences());
        sourceLengths = Arrays.copyOf(sourceLengths, sentences.length);
        for (int i = 0; i < padded.sentences(); i++) {
            sentences[before + i] = admitted++;
            sourceLengths[before + i] = padded.lengths()[i];
        }
    }

    private static EncodedSource attached(EncodedSource encoded, NDManager owner) {
        encoded.memory().attach(owner);
        encoded.keys().attach(owner);
        encoded.mask().attach(owner);
        return encoded;
    }

    private EncodedSource appended(EncodedSource before, EncodedSource behind, int length, NDManager owner) {
        NDList both = network.kernels()
                .run(
                        owner,
                        "append_source",
                        new NDList(before.memory(), behind.memory()),
                        new NDList(before.keys(), behind.keys()),
                        new NDList(before.mask(), behind.mask()),
                        Math.max(before.mask().getShape().get(1), (long) length));
        return new EncodedSource(both.get(0), both.get(1), both.get(2));
    }

    private void use(NDManager nextSourceManager) {
        sourceManager.close();
        sourceManager = nextSourceManager;
    }

    @Override
    public int rows() {
        return sentences.length;
    }

    @Override
    public int sourceLength(int row) {
        return sourceLengths[row];
    }

    @Override
    public Step step(int[] lastIds, int candidates, boolean attention, int @Nullable [] @Nullable [] scored) {
        if (lastIds.length != rows()) {
            throw new IllegalArgumentException(
                    "one id per row, " + rows() + ", is needed, but there are " + lastIds.length);
        }
        int vocabularySize = network.configuration().vocabularySize();
        // Here and not in the engine: on a GPU an index out of range ends the whole process.
        for (int id : lastIds) {
            require("id", id, 0, vocabularySize - 1);
        }
        requireScored(scored, vocabularySize);
        require("candidates", candidates, 1, vocabularySize);
        EncodedSource read = source;
        if (read == null) {
            return new Step(
                    NO_ROWS, new float[0], attention ? new float[0][] : null, scored == null ? null : new float[0][]);
        }
        NDManager nextManager = manager.newSubManager();
        try (NDManager scratch = manager.newSubManager()) {
            long[] ids = new long[lastIds.length];
            Arrays.setAll(ids, i -> lastIds[i]);
            Decoder.Step step = network.step(scratch.create(ids, new Shape(1, ids.length)), read, state);
            for (NDArray array : step.state()) {
                array.attach(nextManager);
            }
            // All of them where some are wanted whatever their rank.
            int ranks = scored == null ? candidates : vocabularySize;
            NDList best = network.best(step.top(), ranks);
            float[][] weights = attention ? weights(step.attention()) : null;
            int[] ranked = toInts(best.get(1).toLongArray());
            float[] logProbabilities = best.get(0).toFloatArray();
            Step result = scored == null
                    ? new Step(ranked, logProbabilities, weights, null)
                    : new Step(
                            first(ranked, ranks, candidates),
                            first(logProbabilities, ranks, candidates),
                            weights,
                            picked(scored, ranked, logProbabilities, ranks));
            stateManager.close();
            stateManager = nextManager;
            state = step.state();
            return result;
        }
    }

    private void requireScored(int @Nullable [] @Nullable [] scored, int vocabularySize) {
        if (scored == null) {
            return;
        }
        require("scored rows", scored.length, rows(), rows());
        for (int[] wanted : scored) {
            for (int i = 0; wanted != null && i < wanted.length; i++) {
                require("id", wanted[i], 0, vocabularySize - 1);
            }
        }
    }

    private int[] first(int[] ids, int ranks, int candidates) {
        int[] first = new int[rows() * candidates];
        for (int row = 0; row < rows(); row++) {
            System.arraycopy(ids, row * ranks, first, row * candidates, candidates);
        }
        return first;
    }

    private float[] first(float[] logProbabilities, int ranks, int candidates) {
        float[] first = new float[rows() * candidates];
        for (int row = 0; row < rows(); row++) {
            System.arraycopy(logProbabilities, row * ranks, first, row * candidates, candidates);
        }
        return first;
    }

    private static float[] @Nullable [] picked(
            int[] @Nullable [] scored, int[] ranked, float[] logProbabilities, int ranks) {
        float[] @Nullable [] picked = new float[scored.length][];
        float[] byId = new float[ranks];
        for (int row = 0; row < scored.length; row++) {
            int[] wanted = scored[row];
            if (wanted == null) {
                continue;
            }
            for (int rank = row * ranks; rank < (row + 1) * ranks; rank++) {
                byId[ranked[rank]] = logProbabilities[rank];
            }
            float[] values = new float[wanted.length];
            for (int i = 0; i < wanted.length; i++) {
                values[i] = byId[wanted[i]];
            }
            picked[row] = values;
        }
        return picked;
    }

    private float[][] weights(NDArray attention) {
        float[] all = attention.toFloatArray();
        int width = all.length / rows();
        float[][] result = new float[rows()][];
        for (int row = 0; row < rows(); row++) {
            result[row] = Arrays.copyOfRange(all, row * width, row * width + sourceLength(row));
        }
        return result;
    }

    private static int[] toInts(long[] values) {
        int[] result = new int[values.length];
        Arrays.setAll(result, i -> (int) values[i]);
        return result;
    }

    @Override
    public void reorder(int[] origins) {
        for (int origin : origins) {
            require("origin", origin, 0, rows() - 1);
        }
        if (origins.length == 0) {
            clear();
            return;
        }
        int[] next = new int[origins.length];
        int[] nextLengths = new int[origins.length];
        boolean identity = origins.length == rows();
        for (int i = 0; i < origins.length; i++) {
            next[i] = sentences[origins[i]];
            nextLengths[i] = sourceLengths[origins[i]];
            identity &= origins[i] == i;
        }
        if (identity) {
            return;
        }
        NDManager nextManager = manager.newSubManager();
        try (NDArray rows = nextManager.create(toLongs(origins))) {
            state = network.kernels().run(nextManager, "select_rows", state, rows);
            // Hypotheses of one sentence read the same source, so most reorderings leave it in place.
            if (!Arrays.equals(next, sentences)) {
                spread(rows, nextLengths);
            }
        }
        stateManager.close();
        stateManager = nextManager;
        sentences = next;
        sourceLengths = nextLengths;
    }

    private void clear() {
        sentences = NO_ROWS;
        sourceLengths = NO_ROWS;
        source = null;
        state = new NDList();
        use(manager.newSubManager());
        stateManager.close();
        stateManager = manager.newSubManager();
    }

    /** Gathers the encoded sentence of each row that goes on, no longer than the longest of them. */
    private void spread(NDArray rows, int[] lengths) {
        EncodedSource from = Objects.requireNonNull(source, "there are rows");
        NDManager nextManager = manager.newSubManager();
        long longest = Arrays.stream(lengths).max().orElseThrow();
        NDList gathered = network.kernels()
                .run(nextManager, "spread_source", from.memory(), from.keys(), from.mask(), rows, longest);
        source = new EncodedSource(gathered.get(0), gathered.get(1), gathered.get(2));
        use(nextManager);
    }

    private static void require(String name, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(name + " must be from " + from + " to " + to + ", but is " + value);
        }
    }

    private static long[] toLongs(int[] values) {
        long[] result = new long[values.length];
        Arrays.setAll(result, i -> values[i]);
        return result;
    }

    @Override
    public void close() {
        manager.close();
    }
}
