package dev.dragoman.model.cpu;

import dev.dragoman.model.Decoding;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A decoding by the native kernels. Its results are valid until the next step, whose arrays are the same. */
final class CpuDecoding implements Decoding {
    private final long handle;
    private final int vocabularySize;
    private int[] sourceLengths = new int[0];
    private int rows;
    private int[] best = new int[0];
    private float[] logProbabilities = new float[0];
    private @Nullable Step result;
    private boolean closed;

    /**
     * Opens a decoding without rows.
     *
     * @param network stays open as long as this
     * @param threads that may work on one step
     */
    CpuDecoding(long network, int threads, int vocabularySize) {
        this.vocabularySize = vocabularySize;
        handle = CpuKernels.newDecoding(network, threads);
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int sourceLength(int row) {
        return sourceLengths[row];
    }

    @Override
    public void admit(int[][] sources, int @Nullable [] @Nullable [] shortlists) {
        requireOpen();
        Decoding.requireShortlists(sources.length, shortlists, vocabularySize);
        int[] lengths = new int[sources.length];
        int tokens = 0;
        for (int i = 0; i < sources.length; i++) {
            lengths[i] = sources[i].length;
            if (lengths[i] == 0) {
                throw new IllegalArgumentException("sentence " + i + " is empty");
            }
            tokens += lengths[i];
        }
        int[] ids = new int[tokens];
        int at = 0;
        for (int[] source : sources) {
            for (int id : source) {
                require("id", id, 0, vocabularySize - 1);
                ids[at++] = id;
            }
        }
        if (sources.length == 0) {
            return;
        }
        if (shortlists == null) {
            CpuKernels.admit(handle, ids, lengths, null, null);
        } else {
            int[] listed = new int[shortlists.length];
            Arrays.setAll(listed, i -> shortlists[i] == null ? -1 : shortlists[i].length);
            CpuKernels.admit(handle, ids, lengths, listed, joined(shortlists));
        }
        int[] all = new int[rows + lengths.length];
        System.arraycopy(sourceLengths, 0, all, 0, rows);
        System.arraycopy(lengths, 0, all, rows, lengths.length);
        sourceLengths = all;
        rows += lengths.length;
    }

    @Override
    public Step step(int[] lastIds, int candidates, boolean attention, int @Nullable [] @Nullable [] scored) {
        requireOpen();
        if (lastIds.length != rows) {
            throw new IllegalArgumentException(
                    "one id per row, " + rows + ", is needed, but there are " + lastIds.length);
        }
        for (int id : lastIds) {
            require("id", id, 0, vocabularySize - 1);
        }
        require("candidates", candidates, 1, vocabularySize);
        if (best.length != rows * candidates) {
            best = new int[rows * candidates];
            logProbabilities = new float[rows * candidates];
            result = null;
        }
        if (scored != null) {
            float[] @Nullable [] answers = stepAsked(lastIds, candidates, scored);
            return new Step(best, logProbabilities, attention ? attention() : null, answers);
        }
        CpuKernels.step(handle, rows, lastIds, candidates, best, logProbabilities, null, null, null);
        if (attention) {
            return new Step(best, logProbabilities, attention(), null);
        }
        if (result == null) {
            result = new Step(best, logProbabilities, null, null);
        }
        return result;
    }

    /** A step with ids whose log probabilities are wanted whatever their rank, and these. */
    private float[] @Nullable [] stepAsked(int[] lastIds, int candidates, int[] @Nullable [] scored) {
        require("scored rows", scored.length, rows, rows);
        int[] begins = new int[rows + 1];
        for (int row = 0; row < rows; row++) {
            begins[row + 1] = begins[row] + (scored[row] == null ? 0 : scored[row].length);
        }
        int[] asked = joined(scored);
        for (int id : asked) {
            require("id", id, 0, vocabularySize - 1);
        }
        float[] answers = new float[asked.length];
        CpuKernels.step(handle, rows, lastIds, candidates, best, logProbabilities, begins, asked, answers);
        float[] @Nullable [] byRow = new float[rows][];
        for (int row = 0; row < rows; row++) {
            if (scored[row] != null) {
                byRow[row] = Arrays.copyOfRange(answers, begins[row], begins[row + 1]);
            }
        }
        return byRow;
    }

    private static int[] joined(int[] @Nullable [] lists) {
        return Arrays.stream(lists)
                .filter(Objects::nonNull)
                .flatMapToInt(Arrays::stream)
                .toArray();
    }

    private float[][] attention() {
        float[][] weights = new float[rows][];
        for (int row = 0; row < rows; row++) {
            weights[row] = new float[sourceLengths[row]];
            CpuKernels.attentionOf(handle, row, weights[row]);
        }
        return weights;
    }

    @Override
    public void reorder(int[] origins) {
        requireOpen();
        int[] lengths = new int[origins.length];
        for (int i = 0; i < origins.length; i++) {
            require("origin", origins[i], 0, rows - 1);
            lengths[i] = sourceLengths[origins[i]];
        }
        CpuKernels.reorder(handle, origins);
        sourceLengths = lengths;
        rows = origins.length;
    }

    private static void require(String name, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(name + " must be from " + from + " to " + to + ", but is " + value);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The decoding is closed");
        }
    }

    @Override
    public long calls() {
        requireOpen();
        return CpuKernels.calls(handle);
    }

    long handle() {
        return handle;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            CpuKernels.freeDecoding(handle);
        }
    }
}
