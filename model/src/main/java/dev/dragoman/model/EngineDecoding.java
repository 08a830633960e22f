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

/** A decoding layer by layer, through the engine: the only one on a GPU, and the reference beside every other. */
final class EngineDecoding implements Decoding {
    private final TranslationNetwork network;
    private final NDManager manager;
    private final int[] sourceLengths;
    /** All sentences, as encoded. */
    private final EncodedSource encoded;

    /** Of each row: which sentence it translates. */
    private int[] sentences;
    /** The encoded sentence of each row; the same object as {@link #encoded} while row i translates sentence i. */
    private EncodedSource perRow;

    private NDManager perRowManager;
    private NDList state;
    private NDManager stateManager;

    private EngineDecoding(TranslationNetwork network, NDManager manager, EncodedSource encoded, int[] sourceLengths) {
        this.network = network;
        this.manager = manager;
        this.encoded = encoded;
        this.sourceLengths = sourceLengths;
        sentences = new int[sourceLengths.length];
        Arrays.setAll(sentences, i -> i);
        perRow = encoded;
        perRowManager = manager.newSubManager();
        stateManager = manager.newSubManager();
        state = network.initialState(stateManager, sentences.length);
    }

    static EngineDecoding open(TranslationNetwork network, NDManager parent, PaddedIds sources) {
        if (sources.sentences() == 0) {
            throw new IllegalArgumentException("at least 1 sentence is needed, but there are 0");
        }
        for (int id : sources.ids()) {
            require("id", id, 0, network.configuration().vocabularySize() - 1);
        }
        NDManager manager = parent.newSubManager();
        try (NDManager scratch = manager.newSubManager()) {
            EncodedSource source = network.encode(SourceArrays.of(scratch, sources));
            source.memory().attach(manager);
            source.keys().attach(manager);
            source.mask().attach(manager);
            return new EngineDecoding(network, manager, source, sources.lengths());
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public int rows() {
        return sentences.length;
    }

    @Override
    public int sourceLength(int row) {
        return sourceLengths[sentences[row]];
    }

    @Override
    public Step step(int[] lastIds, int candidates, boolean attention) {
        if (lastIds.length != rows()) {
            throw new IllegalArgumentException(
                    "one id per row, " + rows() + ", is needed, but there are " + lastIds.length);
        }
        int vocabularySize = network.configuration().vocabularySize();
        // Here and not in the engine: on a GPU an index out of range ends the whole process.
        for (int id : lastIds) {
            require("id", id, 0, vocabularySize - 1);
        }
        require("candidates", candidates, 1, vocabularySize);
        NDManager nextManager = manager.newSubManager();
        try (NDManager scratch = manager.newSubManager()) {
            long[] ids = new long[lastIds.length];
            Arrays.setAll(ids, i -> lastIds[i]);
            Decoder.Step step = network.step(scratch.create(ids, new Shape(1, ids.length)), perRow, state);
            for (NDArray array : step.state()) {
                array.attach(nextManager);
            }
            NDList best = network.best(step.top(), candidates);
            float[][] weights = attention ? weights(step.attention()) : null;
            Step result =
                    new Step(toInts(best.get(1).toLongArray()), best.get(0).toFloatArray(), weights);
            stateManager.close();
            stateManager = nextManager;
            state = step.state();
            return result;
        }
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
        if (origins.length == 0) {
            throw new IllegalArgumentException("at least 1 row must go on, but there are 0");
        }
        for (int origin : origins) {
            require("origin", origin, 0, rows() - 1);
        }
        int[] next = new int[origins.length];
        boolean identity = origins.length == sentences.length;
        for (int i = 0; i < origins.length; i++) {
            next[i] = sentences[origins[i]];
            identity &= origins[i] == i;
        }
        if (identity) {
            return;
        }
        NDManager nextManager = manager.newSubManager();
        try (NDArray rows = nextManager.create(toLongs(origins))) {
            state = network.kernels().run(nextManager, "select_rows", state, rows);
        }
        stateManager.close();
        stateManager = nextManager;
        // Hypotheses of one sentence read the same source, so most reorderings leave it in place.
        if (!Arrays.equals(next, sentences)) {
            spread(next);
        }
        sentences = next;
    }

    /** Gathers the encoded sentence of each row. */
    private void spread(int[] sentenceOfRow) {
        NDManager nextManager = manager.newSubManager();
        try (NDArray rows = nextManager.create(toLongs(sentenceOfRow))) {
            NDList gathered = network.kernels()
                    .run(nextManager, "spread_source", encoded.memory(), encoded.keys(), encoded.mask(), rows);
            perRow = new EncodedSource(gathered.get(0), gathered.get(1), gathered.get(2));
        }
        perRowManager.close();
        perRowManager = nextManager;
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
