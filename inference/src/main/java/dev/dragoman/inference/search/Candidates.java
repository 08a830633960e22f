package dev.dragoman.inference.search;

import org.jspecify.annotations.Nullable;

/**
 * The best continuations of every live row after one step.
 *
 * <p>A log probability of negative infinity marks a continuation that the network forbids; it may stand anywhere but first. Valid
 * until the next call of the session, which may use the arrays again; they may be longer than what is told here.
 *
 * @param perRow number of candidates per row
 * @param ids {@code [rows * perRow]}, row-major, best first
 * @param logProbabilities natural logarithms, laid out as {@code ids}
 * @param attention {@code [rows][source length of the row]}, each row summing to 1 over its source; null unless asked for
 * @param scored natural logarithms of the ids that were asked for beside the best, laid out as these were; null unless asked for
 */
public record Candidates(
        int perRow,
        int[] ids,
        float[] logProbabilities,
        float @Nullable [][] attention,
        float @Nullable [] @Nullable [] scored) {

    /** Above zero by more than this, a log probability is not one; below it, it is the rounding of a softmax. */
    private static final float ROUNDING = 1e-4f;

    /**
     * Refuses arrays that do not fit the rows that were asked.
     *
     * @param rows number of live rows
     * @param attentionAsked whether attention was asked for
     * @throws IllegalStateException if there are fewer values than that
     */
    void requireFit(int rows, boolean attentionAsked) {
        if (perRow < 1 || ids.length < rows * perRow || logProbabilities.length < rows * perRow) {
            throw new IllegalStateException("The decoder session returned " + ids.length + " ids and "
                    + logProbabilities.length + " log probabilities for " + rows + " rows of " + perRow);
        }
        if (attentionAsked && (attention == null || attention.length < rows)) {
            throw new IllegalStateException("The decoder session returned no attention for " + rows + " rows");
        }
    }

    /**
     * The log probabilities of the ids that were asked for in a row.
     *
     * @param asked those ids
     * @throws IllegalStateException if the session did not return as many
     * @throws InvalidCandidatesException if a value is not a log probability
     */
    float[] scored(int row, int[] asked) {
        float[] @Nullable [] all = scored;
        float[] values = all == null || all.length <= row ? null : all[row];
        if (values == null || values.length < asked.length) {
            throw new IllegalStateException("The decoder session returned " + (values == null ? 0 : values.length)
                    + " log probabilities for " + asked.length + " ids that were asked for in row " + row);
        }
        for (int i = 0; i < asked.length; i++) {
            if (!(values[i] <= ROUNDING)) {
                throw new InvalidCandidatesException("The decoder session returned " + values[i]
                        + " as log probability of id " + asked[i] + " in row " + row + ", where at most " + ROUNDING
                        + " is possible");
            }
        }
        return values;
    }

    /**
     * Refuses what a broken network returns, before it can become a translation.
     *
     * @param from the first row of a sentence
     * @param to behind its last row
     * @throws InvalidCandidatesException if a value is not a log probability, or a row is not sorted
     */
    void requireValid(int from, int to) {
        for (int row = from; row < to; row++) {
            float limit = ROUNDING;
            for (int i = row * perRow; i < (row + 1) * perRow; i++) {
                float value = logProbabilities[i];
                // Written so that NaN fails the comparison.
                if (!(value <= limit) || (value == Float.NEGATIVE_INFINITY && i == row * perRow)) {
                    throw new InvalidCandidatesException("The decoder session returned " + value
                            + " as log probability of id " + ids[i] + " in row " + row + ", where at most " + limit
                            + " and a finite best one are possible");
                }
                limit = value;
            }
        }
    }
}
