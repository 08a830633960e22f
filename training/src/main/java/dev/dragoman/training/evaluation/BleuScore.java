package dev.dragoman.training.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A BLEU score and what it is made of.
 *
 * @param score 0 to 100
 * @param precisions of the n-grams of length 1 to 4, 0 to 100
 * @param brevityPenalty 0 to 1; 1 if the hypotheses are at least as long as the references
 * @param hypothesisWords words of all hypotheses
 * @param referenceWords words of all references
 * @param signature the settings, in sacreBLEU's notation
 */
public record BleuScore(
        double score,
        List<Double> precisions,
        double brevityPenalty,
        long hypothesisWords,
        long referenceWords,
        String signature) {

    /** The line that sacreBLEU prints. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "BLEU|%s = %.2f %s (BP = %.3f ratio = %.3f hyp_len = %d ref_len = %d)",
                signature,
                score,
                precisions.stream()
                        .map(p -> String.format(Locale.ROOT, "%.1f", p))
                        .collect(Collectors.joining("/")),
                brevityPenalty,
                referenceWords == 0 ? 0 : (double) hypothesisWords / referenceWords,
                hypothesisWords,
                referenceWords);
    }
}
