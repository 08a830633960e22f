package dev.dragoman.model;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.layer.EncodedSource;
import dev.dragoman.model.layer.PaddedIds;
import dev.dragoman.model.layer.SourceArrays;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A decoding through the engine: the only one on a GPU, and the reference beside every other. Sources and states stay on the device, see
 * {@link DeviceRows}; a step is one call where that can be, see {@link WholeSteps}.
 */
final class EngineDecoding implements Decoding {
    private final TranslationNetwork network;
    private final NDManager manager;
    private final int padId;
    private final DeviceRows rows;
    private final RowSteps steps;
    /** Of each row: the ids that it may have; null for all. */
    private int[] @Nullable [] shortlists = {};

    private EngineDecoding(TranslationNetwork network, NDManager manager, int padId, RowSteps steps) {
        this.network = network;
        this.manager = manager;
        this.padId = padId;
        this.steps = steps;
        rows = new DeviceRows(network.kernels(), manager.newSubManager());
    }

    /** Opens a decoding of sentences, which may be none. */
    static EngineDecoding open(TranslationNetwork network, NDManager parent, int padId, int[]... sources) {
        return open(network, parent, padId, 1, sources);
    }

    /**
     * The same.
     *
     * @param stepsPerCall the most steps of a greedy search that one call takes, where a step is one call
     */
    static EngineDecoding open(
            TranslationNetwork network, NDManager parent, int padId, int stepsPerCall, int[]... sources) {
        RowSteps steps = network.stepWeights()
                .<RowSteps>map(weights -> new WholeSteps(network.kernels(), weights, new StepExchange(), stepsPerCall))
                .orElseGet(() -> new LayeredSteps(network));
        return open(network, parent, padId, steps, sources);
    }

    /** The same in a certain way, which is closed with the decoding. */
    static EngineDecoding open(
            TranslationNetwork network, NDManager parent, int padId, RowSteps steps, int[]... sources) {
        EngineDecoding decoding = new EngineDecoding(network, parent.newSubManager(), padId, steps);
        try {
            decoding.admit(sources);
            return decoding;
        } catch (RuntimeException e) {
            decoding.close();
            throw e;
        }
    }

    @Override
    public void admit(int[][] sources, int @Nullable [] @Nullable [] lists) {
        Decoding.requireShortlists(
                sources.length, lists, network.configuration().vocabularySize());
        for (int[] sentence : sources) {
            for (int id : sentence) {
                require("id", id, 0, network.configuration().vocabularySize() - 1);
            }
        }
        PaddedIds padded = PaddedIds.of(sources, padId);
        if (padded.sentences() == 0) {
            return;
        }
        steps.interrupt();
        int before = rows();
        try (NDManager scratch = manager.newSubManager()) {
            EncodedSource encoded = network.encode(SourceArrays.of(scratch, padded));
            rows.append(encoded, network.initialState(scratch, padded.sentences()), padded.lengths(), padded.length());
        }
        shortlists = Arrays.copyOf(shortlists, rows());
        if (lists != null) {
            System.arraycopy(lists, 0, shortlists, before, lists.length);
        }
    }

    @Override
    public int rows() {
        return rows.count();
    }

    @Override
    public int sourceLength(int row) {
        return rows.sourceLength(row);
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
        if (rows() == 0) {
            return new Step(
                    new int[0],
                    new float[0],
                    attention ? new float[0][] : null,
                    scored == null ? null : new float[0][]);
        }
        // All of them where some are wanted whatever their rank, or only some may be.
        boolean all = scored != null || Arrays.stream(shortlists).anyMatch(Objects::nonNull);
        RowSteps.Ranking best = steps.step(rows, lastIds, all ? vocabularySize : candidates, attention);
        float[] flat = best.attention();
        float[][] weights = flat == null ? null : weights(flat);
        return all
                ? FullRanking.of(best.ids(), best.logProbabilities(), shortlists)
                        .step(candidates, weights, scored)
                : new Step(best.ids(), best.logProbabilities(), weights, null);
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

    private float[][] weights(float[] attention) {
        int width = attention.length / rows();
        float[][] result = new float[rows()][];
        for (int row = 0; row < rows(); row++) {
            result[row] = Arrays.copyOfRange(attention, row * width, row * width + sourceLength(row));
        }
        return result;
    }

    @Override
    public void reorder(int[] origins) {
        for (int origin : origins) {
            require("origin", origin, 0, rows() - 1);
        }
        int[] @Nullable [] nextLists = new int[origins.length][];
        for (int i = 0; i < origins.length; i++) {
            nextLists[i] = shortlists[origins[i]];
        }
        rows.reorder(origins);
        shortlists = nextLists;
    }

    @Override
    public long calls() {
        return network.kernels().calls();
    }

    private static void require(String name, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(name + " must be from " + from + " to " + to + ", but is " + value);
        }
    }

    @Override
    public void close() {
        steps.close();
        rows.close();
        manager.close();
    }
}
