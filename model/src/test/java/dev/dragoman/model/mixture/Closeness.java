package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;

/** Comparison of matrices whose entries are sums of terms as large as their largest entry. */
final class Closeness {
    private Closeness() {}

    /** Every entry to within {@code tolerance} times the largest expected entry, or times 1 where that is less. */
    static void assertClose(String name, double[][] actual, double[][] expected, double tolerance) {
        double largest = Arrays.stream(expected)
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .reduce(1, Math::max);
        assertThat(actual).as(name).hasNumberOfRows(expected.length);
        for (int row = 0; row < expected.length; row++) {
            assertThat(actual[row]).as("%s[%d]", name, row).containsExactly(expected[row], within(tolerance * largest));
        }
    }

    static void assertClose(String name, double[] actual, double[] expected, double tolerance) {
        assertClose(name, new double[][] {actual}, new double[][] {expected}, tolerance);
    }

    static void assertClose(String name, double actual, double expected, double tolerance) {
        assertClose(name, new double[] {actual}, new double[] {expected}, tolerance);
    }
}
