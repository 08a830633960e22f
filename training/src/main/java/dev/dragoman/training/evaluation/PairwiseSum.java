package dev.dragoman.training.evaluation;

/**
 * Means as NumPy takes them: the sum in blocks of 128, in each of them in eight sums side by side. The order of the additions matters to
 * the last bit, and a p-value may hang on it.
 */
final class PairwiseSum {
    private static final int LANES = 8;
    private static final int BLOCK = 128;

    private PairwiseSum() {}

    static double mean(double[] values, Rounding rounding) {
        return rounding.of(sum(values, 0, values.length, rounding) / values.length);
    }

    private static double sum(double[] values, int from, int count, Rounding rounding) {
        if (count <= BLOCK) {
            return block(values, from, count, rounding);
        }
        int half = count / 2 / LANES * LANES;
        return rounding.of(sum(values, from, half, rounding) + sum(values, from + half, count - half, rounding));
    }

    private static double block(double[] values, int from, int count, Rounding rounding) {
        double[] lanes = new double[LANES];
        int whole = count / LANES * LANES;
        for (int i = 0; i < whole; i++) {
            lanes[i % LANES] = rounding.of(lanes[i % LANES] + values[from + i]);
        }
        double sum = add(lanes, 0, LANES, rounding);
        for (int i = whole; i < count; i++) {
            sum = rounding.of(sum + values[from + i]);
        }
        return sum;
    }

    /** ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)). */
    private static double add(double[] lanes, int from, int count, Rounding rounding) {
        if (count == 1) {
            return lanes[from];
        }
        int half = count / 2;
        return rounding.of(add(lanes, from, half, rounding) + add(lanes, from + half, half, rounding));
    }
}
