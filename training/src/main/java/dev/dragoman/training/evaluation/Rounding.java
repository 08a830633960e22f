package dev.dragoman.training.evaluation;

/**
 * To which precision each step of a calculation is rounded. sacreBLEU scores a corpus in 64 bits, but its bootstrap samples in NumPy's 32
 * bits; to come to the same p-values, down to the last of a thousand samples, one has to do likewise.
 *
 * <p>Rounding the 64-bit result of a sum, product or quotient of 32-bit numbers gives exactly what 32-bit arithmetic gives.
 */
public enum Rounding {
    DOUBLE,
    SINGLE;

    double of(double value) {
        return this == SINGLE ? (float) value : value;
    }
}
