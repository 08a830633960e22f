package dev.dragoman.training.evaluation;

import java.util.Locale;

/**
 * A chrF2 score.
 *
 * @param score 0 to 100
 */
public record ChrfScore(double score) {
    /** The settings, in sacreBLEU's notation. */
    public String signature() {
        return "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|" + Bleu.VERSION;
    }

    /** The line that sacreBLEU prints. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "chrF2|%s = %.2f", signature(), score);
    }
}
