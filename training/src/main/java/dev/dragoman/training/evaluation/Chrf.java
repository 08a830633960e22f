package dev.dragoman.training.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * chrF2: the F-score of character n-grams of length 1 to 6, white space left out, recall counted twice as important as precision.
 *
 * <p>{@code chrF = 100 · 5 · P · R / (4 · P + R)}, where P and R are the means of precision and recall over the n-gram lengths that
 * both sides have ({@code eff:yes}; Popović 2015, with n-grams counted over the whole corpus). Characters are code points.
 */
public final class Chrf {
    private static final int ORDER = 6;
    private static final double BETA_SQUARED = 4;

    private Chrf() {}

    /**
     * chrF2 of a corpus; not the mean over its sentences.
     *
     * @throws IllegalArgumentException if the lists differ in length or are empty
     */
    public static ChrfScore ofCorpus(List<String> hypotheses, List<String> references) {
        Bleu.requireAligned(hypotheses, references);
        Counts counts = new Counts();
        for (int i = 0; i < hypotheses.size(); i++) {
            counts.add(hypotheses.get(i), references.get(i));
        }
        return counts.score();
    }

    /** chrF2 of one sentence. */
    public static ChrfScore ofSentence(String hypothesis, String reference) {
        return ofCorpus(List.of(hypothesis), List.of(reference));
    }

    /** What chrF needs of a corpus, added up over its segments. */
    private static final class Counts {
        private final long[] inHypothesis = new long[ORDER];
        private final long[] inReference = new long[ORDER];
        private final long[] matched = new long[ORDER];

        void add(String hypothesis, String reference) {
            String left = String.join("", Whitespace.split(hypothesis));
            String right = String.join("", Whitespace.split(reference));
            for (int n = 1; n <= ORDER; n++) {
                Map<String, Integer> leftNgrams = ngrams(left, n);
                Map<String, Integer> rightNgrams = ngrams(right, n);
                inReference[n - 1] += sum(rightNgrams);
                if (rightNgrams.isEmpty()) {
                    // sacreBLEU does not count what no reference could have confirmed.
                    continue;
                }
                inHypothesis[n - 1] += sum(leftNgrams);
                for (Map.Entry<String, Integer> ngram : leftNgrams.entrySet()) {
                    matched[n - 1] += Math.min(ngram.getValue(), rightNgrams.getOrDefault(ngram.getKey(), 0));
                }
            }
        }

        ChrfScore score() {
            double precision = 0;
            double recall = 0;
            int orders = 0;
            for (int i = 0; i < ORDER; i++) {
                if (inHypothesis[i] > 0 && inReference[i] > 0) {
                    precision += (double) matched[i] / inHypothesis[i];
                    recall += (double) matched[i] / inReference[i];
                    orders++;
                }
            }
            if (precision + recall == 0) {
                return new ChrfScore(0);
            }
            precision /= orders;
            recall /= orders;
            return new ChrfScore(100 * (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall));
        }

        private static Map<String, Integer> ngrams(String text, int n) {
            Map<String, Integer> counts = new HashMap<>();
            int length = text.codePointCount(0, text.length());
            int start = 0;
            int end = length < n ? 0 : text.offsetByCodePoints(0, n);
            for (int i = 0; i + n <= length; i++) {
                counts.merge(text.substring(start, end), 1, Integer::sum);
                start = text.offsetByCodePoints(start, 1);
                end = end < text.length() ? text.offsetByCodePoints(end, 1) : end;
            }
            return counts;
        }

        private static long sum(Map<String, Integer> ngrams) {
            return ngrams.values().stream().mapToLong(Integer::longValue).sum();
        }
    }
}
