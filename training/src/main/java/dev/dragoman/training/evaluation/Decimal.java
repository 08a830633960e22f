package dev.dragoman.training.evaluation;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Decimals as C, Perl and Python print them: the exact value of the number rounded, a tie to the even digit. {@link String#format}
 * rounds its shortest decimal form, and ties up, so that 56.25 prints as 56.3 there and as 56.2 in all the tools to compare with.
 */
public final class Decimal {
    private Decimal() {}

    /** {@code value} with {@code digits} digits behind the point. */
    public static String format(double value, int digits) {
        return new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    }
}
