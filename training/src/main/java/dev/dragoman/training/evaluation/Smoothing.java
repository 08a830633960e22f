package dev.dragoman.training.evaluation;

import java.util.Locale;

/**
 * What BLEU does with n-gram lengths without a match (Chen and Cherry 2014).
 *
 * @param method how
 * @param value of {@link Method#FLOOR} and {@link Method#ADD_K}; the others have none
 */
public record Smoothing(Method method, double value) {
    /** BLEU's default. */
    public static final Smoothing EXPONENTIAL = new Smoothing(Method.EXP, 0);
    /** The precision stays 0, and so does BLEU. */
    public static final Smoothing NONE = new Smoothing(Method.NONE, 0);

    /** Ways to smooth. */
    public enum Method {
        /** At its k-th occurrence a length without a match has {@code 1 / 2^k} matches. */
        EXP,
        /** A length without a match has a small number of matches. */
        FLOOR,
        /** From n = 2 on, all have k matches and k n-grams more. */
        ADD_K,
        /** None. */
        NONE;

        /** The value if none is given. */
        public double defaultValue() {
            return switch (this) {
                case FLOOR -> 0.1;
                case ADD_K -> 1;
                case EXP, NONE -> 0;
            };
        }

        /** The name in a signature and on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** As a signature has it: {@code floor[0.10]}. */
    @Override
    public String toString() {
        boolean hasValue = method == Method.FLOOR || method == Method.ADD_K;
        return hasValue ? method + "[" + Decimal.format(value, 2) + "]" : method.toString();
    }
}
