package dev.dragoman.training.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * A score and what it is of.
 *
 * @param metric its name, such as {@code BLEU}
 * @param score 0 to 100; TER may be more
 * @param interval where the score may lie, null if that was not asked for
 * @param details what it is made of, may be empty
 * @param signature the settings
 */
public record Score(
        String metric, double score, @Nullable ConfidenceInterval interval, String details, Signature signature) {

    /** The number, with its interval if there is one, as sacreBLEU prints it. */
    public String number(int digits) {
        String number = Decimal.format(score, digits);
        // A mean of 0 says nothing, and sacreBLEU does not show it.
        return interval == null || interval.mean() <= 0 ? number : number + " (" + interval.format(digits) + ")";
    }

    /** The line that sacreBLEU prints. */
    public String format(int digits) {
        return metric + "|" + signature + " = " + number(digits) + (details.isEmpty() ? "" : " " + details);
    }

    @Override
    public String toString() {
        return format(2);
    }
}
