package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against Python's {@code f"{value:.{digits}f}"}. */
class DecimalTest {
    @ParameterizedTest
    @CsvSource({
        "56.25,   1, 56.2",
        "0.125,   2, 0.12",
        "0.375,   2, 0.38",
        "1.005,   2, 1.00",
        "2.675,   2, 2.67",
        "100,     2, 100.00",
        "1e-9,    3, 0.000",
        "99.9999, 2, 100.00",
        "2.5,     0, 2",
    })
    void format_roundsTheExactValueToEven(double value, int digits, String expected) {
        assertThat(Decimal.format(value, digits)).isEqualTo(expected);
    }
}
