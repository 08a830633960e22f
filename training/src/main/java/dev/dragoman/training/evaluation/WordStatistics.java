package dev.dragoman.training.evaluation;

import java.util.ArrayList;
import java.util.List;

/** What BLEU counts in a segment. */
final class WordStatistics {
    private WordStatistics() {}

    /** Words of the hypothesis, words of the nearest reference, matches by n, n-grams by n. */
    static double[] of(List<String> hypothesis, List<List<String>> references) {
        NgramIds ids = new NgramIds();
        int[][] ngrams = ids.of(ids.symbols(hypothesis), BleuScore.ORDERS);
        List<int[][]> referenceNgrams = new ArrayList<>();
        references.forEach(reference -> referenceNgrams.add(ids.of(ids.symbols(reference), BleuScore.ORDERS)));
        int[] most = new int[ids.size()];
        for (int[][] reference : referenceNgrams) {
            int[] counts = ids.count(reference);
            for (int i = 0; i < most.length; i++) {
                most[i] = Math.max(most[i], counts[i]);
            }
        }
        double[] statistics = new double[2 + 2 * BleuScore.ORDERS];
        statistics[0] = hypothesis.size();
        statistics[1] = nearest(hypothesis.size(), references);
        for (int n = 0; n < BleuScore.ORDERS; n++) {
            statistics[2 + n] = NgramIds.matches(ngrams[n], most);
            statistics[2 + BleuScore.ORDERS + n] = ngrams[n].length;
        }
        return statistics;
    }

    private static int nearest(int length, List<List<String>> references) {
        int nearest = references.get(0).size();
        for (List<String> reference : references) {
            int distance = Math.abs(reference.size() - length);
            int least = Math.abs(nearest - length);
            if (distance < least || (distance == least && reference.size() < nearest)) {
                nearest = reference.size();
            }
        }
        return nearest;
    }
}
