package dev.dragoman.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All continuations of every row, best first, from which those that are asked for are taken.
 *
 * @param size how many there are of each row: V
 * @param ids {@code [rows * V]}
 * @param logProbabilities laid out as {@code ids}; negative infinity, and last, where a row's list lacks the id
 */
record FullRanking(int size, int[] ids, float[] logProbabilities) {

    /**
     * Restricts rows to their lists; probabilities stay what they are among all.
     *
     * @param ids {@code [rows * V]}, best first
     * @param shortlists one per row, ascending; null for a row that may have all
     */
    static FullRanking of(int[] ids, float[] logProbabilities, int[] @Nullable [] shortlists) {
        int size = ids.length / shortlists.length;
        FullRanking ranking = new FullRanking(size, ids.clone(), logProbabilities.clone());
        for (int row = 0; row < shortlists.length; row++) {
            int[] list = shortlists[row];
            if (list != null) {
                ranking.restrict(row, list);
            }
        }
        return ranking;
    }

    private void restrict(int row, int[] list) {
        int first = row * size;
        int kept = first;
        for (int rank = first; rank < first + size; rank++) {
            if (Arrays.binarySearch(list, ids[rank]) >= 0) {
                ids[kept] = ids[rank];
                logProbabilities[kept] = logProbabilities[rank];
                kept++;
            }
        }
        Arrays.fill(ids, kept, first + size, 0);
        Arrays.fill(logProbabilities, kept, first + size, Float.NEGATIVE_INFINITY);
    }

    /** The best {@code candidates} of each row, and the ids that are wanted whatever their rank. */
    Decoding.Step step(int candidates, float @Nullable [][] attention, int @Nullable [] @Nullable [] scored) {
        int rows = ids.length / size;
        int[] best = new int[rows * candidates];
        float[] values = new float[rows * candidates];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(ids, row * size, best, row * candidates, candidates);
            System.arraycopy(logProbabilities, row * size, values, row * candidates, candidates);
        }
        return new Decoding.Step(best, values, attention, scored == null ? null : scored(scored));
    }

    private float[] @Nullable [] scored(int[] @Nullable [] wanted) {
        float[] @Nullable [] result = new float[wanted.length][];
        for (int row = 0; row < wanted.length; row++) {
            int[] ofRow = wanted[row];
            if (ofRow != null) {
                float[] values = new float[ofRow.length];
                for (int i = 0; i < ofRow.length; i++) {
                    values[i] = logProbability(row, ofRow[i]);
                }
                result[row] = values;
            }
        }
        return result;
    }

    private float logProbability(int row, int id) {
        for (int rank = row * size; rank < (row + 1) * size; rank++) {
            if (ids[rank] == id) {
                return logProbabilities[rank];
            }
        }
        return Float.NEGATIVE_INFINITY;
    }
}
