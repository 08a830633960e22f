package dev.dragoman.training.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers the n-grams of a segment's texts: equal ones, and only those, have the same number. An n-gram is known by the number of its
 * first n - 1 symbols and by its last symbol, so no text is copied. Confined to one thread.
 */
final class NgramIds {
    private static final int NOTHING = -1;

    private final Map<String, Integer> words = new HashMap<>();
    private final Map<Long, Integer> ids = new HashMap<>();

    /** Words as symbols for {@link #of}. */
    int[] symbols(List<String> text) {
        int[] symbols = new int[text.size()];
        for (int i = 0; i < symbols.length; i++) {
            Integer known = words.putIfAbsent(text.get(i), words.size());
            symbols[i] = known == null ? words.size() - 1 : known;
        }
        return symbols;
    }

    /**
     * The n-grams of a text.
     *
     * @param symbols not negative
     * @return for n from 1 to {@code orders}, at n - 1, the numbers of its n-grams in order
     */
    int[][] of(int[] symbols, int orders) {
        int[][] ngrams = new int[orders][];
        for (int n = 1; n <= orders; n++) {
            ngrams[n - 1] = new int[Math.max(0, symbols.length - n + 1)];
            for (int i = 0; i < ngrams[n - 1].length; i++) {
                long first = n == 1 ? NOTHING : ngrams[n - 2][i];
                long key = first << Integer.SIZE | symbols[i + n - 1];
                Integer known = ids.putIfAbsent(key, ids.size());
                ngrams[n - 1][i] = known == null ? ids.size() - 1 : known;
            }
        }
        return ngrams;
    }

    /** How many n-grams there are. */
    int size() {
        return ids.size();
    }

    /** How often each n-gram is in a text. */
    int[] count(int[][] ngrams) {
        int[] counts = new int[size()];
        for (int[] order : ngrams) {
            for (int ngram : order) {
                counts[ngram]++;
            }
        }
        return counts;
    }

    /** How many of a text's n-grams of one length are in {@code counts}, each as often as it is there at most. */
    static int matches(int[] ngrams, int[] counts) {
        int matches = 0;
        int[] left = counts.clone();
        for (int ngram : ngrams) {
            if (left[ngram]-- > 0) {
                matches++;
            }
        }
        return matches;
    }
}
