package dev.dragoman.training.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BLEU: the geometric mean of the precisions of word n-grams of length 1 to 4, times a penalty for short output.
 *
 * <p>{@code BLEU = 100 · min(1, exp(1 - r / h)) · exp(Σ ln p_n / 4)}, where h and r are the numbers of words of all hypotheses and
 * references (Papineni et al. 2002). Words are those of the 13a tokeniser, case counts, and an n-gram length without a match gets
 * the precision {@code 1 / (2^k · total)} at its k-th occurrence ({@code smooth:exp}).
 */
public final class Bleu {
    /** Whose default BLEU and chrF these classes equal. */
    static final String VERSION = "version:dragoman(=sacrebleu-2.6.0)";

    private static final int ORDER = 4;

    private Bleu() {}

    /**
     * BLEU of a corpus; not the mean over its sentences.
     *
     * @throws IllegalArgumentException if the lists differ in length or are empty
     */
    public static BleuScore ofCorpus(List<String> hypotheses, List<String> references) {
        requireAligned(hypotheses, references);
        Counts counts = new Counts();
        for (int i = 0; i < hypotheses.size(); i++) {
            counts.add(Tokenizer13a.tokenize(hypotheses.get(i)), Tokenizer13a.tokenize(references.get(i)));
        }
        return counts.score(false);
    }

    /**
     * BLEU of one sentence, over the n-gram lengths that the sentence is long enough for ({@code eff:yes}); a rough guide, since BLEU
     * is made for corpora.
     */
    public static BleuScore ofSentence(String hypothesis, String reference) {
        Counts counts = new Counts();
        counts.add(Tokenizer13a.tokenize(hypothesis), Tokenizer13a.tokenize(reference));
        return counts.score(true);
    }

    static void requireAligned(List<String> hypotheses, List<String> references) {
        if (hypotheses.size() != references.size()) {
            throw new IllegalArgumentException("there must be as many hypotheses as references, but there are "
                    + hypotheses.size() + " and " + references.size());
        }
        if (hypotheses.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one hypothesis");
        }
    }

    /** What BLEU needs of a corpus, added up over its segments. */
    private static final class Counts {
        private final long[] matched = new long[ORDER];
        private final long[] total = new long[ORDER];
        private long hypothesisWords;
        private long referenceWords;

        void add(List<String> hypothesis, List<String> reference) {
            hypothesisWords += hypothesis.size();
            referenceWords += reference.size();
            for (int n = 1; n <= ORDER; n++) {
                Map<List<String>, Integer> inReference = ngrams(reference, n);
                for (Map.Entry<List<String>, Integer> ngram :
                        ngrams(hypothesis, n).entrySet()) {
                    total[n - 1] += ngram.getValue();
                    matched[n - 1] += Math.min(ngram.getValue(), inReference.getOrDefault(ngram.getKey(), 0));
                }
            }
        }

        BleuScore score(boolean effectiveOrder) {
            double penalty = brevityPenalty();
            double[] precisions = new double[ORDER];
            // Without a shared word the score is zero, and so are the precisions: smoothing must not earn credit for
            // nothing.
            if (matched[0] == 0) {
                return result(0, precisions, penalty, effectiveOrder);
            }
            double smoothing = 1;
            double logSum = 0;
            int orders = 0;
            while (orders < ORDER && total[orders] > 0) {
                if (matched[orders] == 0) {
                    smoothing *= 2;
                    precisions[orders] = 100 / (smoothing * total[orders]);
                } else {
                    precisions[orders] = 100.0 * matched[orders] / total[orders];
                }
                logSum += Math.log(precisions[orders]);
                orders++;
            }
            boolean undefined = orders < ORDER && !effectiveOrder;
            double score = undefined ? 0 : penalty * Math.exp(logSum / orders);
            return result(score, precisions, penalty, effectiveOrder);
        }

        private double brevityPenalty() {
            if (hypothesisWords >= referenceWords) {
                return 1;
            }
            return hypothesisWords == 0 ? 0 : Math.exp(1 - (double) referenceWords / hypothesisWords);
        }

        private BleuScore result(double score, double[] precisions, double penalty, boolean effectiveOrder) {
            return new BleuScore(
                    score,
                    List.of(precisions[0], precisions[1], precisions[2], precisions[3]),
                    penalty,
                    hypothesisWords,
                    referenceWords,
                    "nrefs:1|case:mixed|eff:" + (effectiveOrder ? "yes" : "no") + "|tok:13a|smooth:exp|" + VERSION);
        }

        private static Map<List<String>, Integer> ngrams(List<String> words, int n) {
            Map<List<String>, Integer> counts = new HashMap<>();
            for (int i = 0; i + n <= words.size(); i++) {
                counts.merge(words.subList(i, i + n), 1, Integer::sum);
            }
            return counts;
        }
    }
}
