package dev.dragoman.model;

import dev.dragoman.model.mixture.GatheredMixture;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one call of {@code decoder_steps} tells the host, in one vector: of each step log probabilities and ids {@code [N, candidates]}, the
 * attention {@code [N, S]} if it was asked for, and of each mixture layer the experts and gates {@code [N, perRow]}.
 *
 * @param rows N
 * @param sourceLength S where the attention is there, else 0
 */
record StepResults(float[] told, int rows, int candidates, int sourceLength, List<GatheredMixture> mixtures) {
    /** Numbers of a step. */
    private int stride() {
        int perRow = 2 * candidates + sourceLength;
        for (GatheredMixture mixture : mixtures) {
            perRow += 2 * mixture.perRow();
        }
        return rows * perRow;
    }

    /**
     * What a step tells of some of the rows, and counts the experts that these used.
     *
     * @param from of each row that the host has: its number among those of the call
     */
    RowSteps.Ranking ranking(int step, int[] from) {
        int at = step * stride();
        float[] logProbabilities = gathered(at, candidates, from);
        at += rows * candidates;
        int[] ids = ints(gathered(at, candidates, from));
        at += rows * candidates;
        float @Nullable [] attention = sourceLength == 0 ? null : gathered(at, sourceLength, from);
        at += rows * sourceLength;
        for (GatheredMixture mixture : mixtures) {
            int size = rows * mixture.perRow();
            long[] experts = Arrays.stream(ints(gathered(at, mixture.perRow(), from)))
                    .asLongStream()
                    .toArray();
            mixture.usage().add(experts, gathered(at + size, mixture.perRow(), from));
            at += 2 * size;
        }
        return new RowSteps.Ranking(ids, logProbabilities, attention);
    }

    /** The best id that a step told of a row: what the next step of the same call has read. */
    int best(int step, int row) {
        return (int) told[step * stride() + rows * candidates + row * candidates];
    }

    private float[] gathered(int at, int width, int[] from) {
        float[] result = new float[from.length * width];
        for (int i = 0; i < from.length; i++) {
            System.arraycopy(told, at + from[i] * width, result, i * width, width);
        }
        return result;
    }

    private static int[] ints(float[] values) {
        int[] result = new int[values.length];
        Arrays.setAll(result, i -> (int) values[i]);
        return result;
    }
}
