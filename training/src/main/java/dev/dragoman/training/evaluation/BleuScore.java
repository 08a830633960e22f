package dev.dragoman.training.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * BLEU from its counts.
 *
 * @param score 0 to 100
 * @param precisions of the n-grams of length 1 to 4, 0 to 100
 * @param brevityPenalty 0 to 1; 1 if the hypotheses are at least as long as the references
 * @param hypothesisWords words of all hypotheses
 * @param referenceWords words of all references
 */
public record BleuScore(
        double score, List<Double> precisions, double brevityPenalty, long hypothesisWords, long referenceWords) {
    static final int ORDERS = 4;
    /** In place of the logarithm of 0. */
    private static final double LOG_ZERO = -9_999_999_999.0;

    /**
     * Computes the score.
     *
     * @param sums words of the hypotheses and of the references, matches by n, n-grams by n
     * @param effectiveOrder leave lengths out that no hypothesis is long enough for
     */
    static BleuScore of(double[] sums, Smoothing smoothing, boolean effectiveOrder, Rounding rounding) {
        long hypothesisWords = (long) sums[0];
        long referenceWords = (long) sums[1];
        double[] matched = Arrays.copyOfRange(sums, 2, 2 + ORDERS);
        double[] total = Arrays.copyOfRange(sums, 2 + ORDERS, 2 + 2 * ORDERS);
        double penalty = brevityPenalty(hypothesisWords, referenceWords);
        double[] precisions = new double[ORDERS];
        double score = 0;
        // Without a shared word the score is zero, and so are the precisions: smoothing must not earn credit for
        // nothing.
        if (matched[0] > 0) {
            int orders = precisions(matched, total, smoothing, rounding, precisions);
            int counted = effectiveOrder ? orders : ORDERS;
            double logSum = 0;
            for (int i = 0; i < counted; i++) {
                logSum += precisions[i] == 0 ? LOG_ZERO : Math.log(precisions[i]);
            }
            score = penalty * Math.exp(logSum / counted);
        }
        List<Double> values = Arrays.stream(precisions).boxed().toList();
        return new BleuScore(score, values, penalty, hypothesisWords, referenceWords);
    }

    private static double brevityPenalty(long hypothesisWords, long referenceWords) {
        if (hypothesisWords >= referenceWords) {
            return 1;
        }
        return hypothesisWords == 0 ? 0 : Math.exp(1 - (double) referenceWords / hypothesisWords);
    }

    /** Fills {@code precisions} up to the first length without an n-gram and returns how many those are. */
    private static int precisions(
            double[] matched, double[] total, Smoothing smoothing, Rounding rounding, double[] precisions) {
        double halvings = 1;
        for (int i = 0; i < ORDERS; i++) {
            if (smoothing.method() == Smoothing.Method.ADD_K && i > 0) {
                matched[i] = rounding.of(matched[i] + smoothing.value());
                total[i] = rounding.of(total[i] + smoothing.value());
            }
            if (total[i] == 0) {
                return i;
            }
            if (matched[i] > 0) {
                precisions[i] = rounding.of(rounding.of(100 * matched[i]) / total[i]);
            } else if (smoothing.method() == Smoothing.Method.EXP) {
                halvings *= 2;
                precisions[i] = rounding.of(100 / rounding.of(halvings * total[i]));
            } else if (smoothing.method() == Smoothing.Method.FLOOR) {
                precisions[i] = rounding.of(rounding.of(100 * smoothing.value()) / total[i]);
            }
        }
        return ORDERS;
    }

    /** {@code 83.3/80.0/75.0/66.7 (BP = 0.846 ratio = 0.857 hyp_len = 6 ref_len = 7)}. */
    String details() {
        return precisions.stream().map(p -> Decimal.format(p, 1)).collect(Collectors.joining("/"))
                + " (BP = " + Decimal.format(brevityPenalty, 3)
                + " ratio = " + Decimal.format(referenceWords == 0 ? 0 : (double) hypothesisWords / referenceWords, 3)
                + " hyp_len = " + hypothesisWords
                + " ref_len = " + referenceWords + ")";
    }
}
