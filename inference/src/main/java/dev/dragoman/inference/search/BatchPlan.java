package dev.dragoman.inference.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which sentences run together: sentences of like length, so that little of a batch is padding.
 *
 * <p>Sorted by length, longest first, so that the batch that needs most memory comes first; equal lengths keep their order. A batch is
 * cut where it would exceed the budget of padded tokens, which are its number of sentences times the length of its longest. A sentence
 * that exceeds the budget alone is a batch alone.
 */
final class BatchPlan {
    private final List<int[]> batches;

    private BatchPlan(List<int[]> batches) {
        this.batches = batches;
    }

    /**
     * Plans the batches of a list of sentences.
     *
     * @param lengths of the sentences, in tokens
     * @param maximumTokens padded tokens per batch, at least 1
     */
    static BatchPlan of(int[] lengths, int maximumTokens) {
        if (maximumTokens < 1) {
            throw new IllegalArgumentException("maximumTokens must be at least 1, but is " + maximumTokens);
        }
        int[] longestFirst = IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparingInt((Integer position) -> -lengths[position]))
                .mapToInt(Integer::intValue)
                .toArray();
        List<int[]> batches = new ArrayList<>();
        for (int from = 0; from < longestFirst.length; ) {
            int longest = Math.max(1, lengths[longestFirst[from]]);
            int to = Math.min(longestFirst.length, from + Math.max(1, maximumTokens / longest));
            batches.add(IntStream.range(from, to).map(i -> longestFirst[i]).toArray());
            from = to;
        }
        return new BatchPlan(batches);
    }

    /** The batches in the order to run them; each holds the positions of its sentences in the caller's list. */
    List<int[]> batches() {
        return batches;
    }
}
