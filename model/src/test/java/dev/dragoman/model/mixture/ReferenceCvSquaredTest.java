package dev.dragoman.model.mixture;

import static dev.dragoman.model.mixture.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReferenceCvSquaredTest {
    @Test
    void cvSquared_ofKnownVectors() {
        assertThat(cvSquared(1, 2, 3, 4)).isCloseTo(0.2, within(1e-9));
        assertThat(cvSquared(1, 0, 0, 0)).isCloseTo(3, within(1e-8));
        assertThat(cvSquared(5, 5, 5)).isZero();
        assertThat(cvSquared(0, 0, 0)).isZero();
    }

    /** {@code 2 / (n mean^2) (v_i - mean - variance / mean)}. */
    @Property(tries = 200)
    void gradient_isTheClosedForm(@ForAll @IntRange(min = 1, max = 9) int count, @ForAll long seed) {
        double[] numbers = new Random(seed).doubles(count, 0.5, 5).toArray();
        Scalar[] variables = Scalar.of(numbers);
        double mean = Arrays.stream(numbers).average().orElseThrow();
        double variance = Arrays.stream(numbers)
                .map(one -> (one - mean) * (one - mean))
                .average()
                .orElseThrow();
        double[] expected = Arrays.stream(numbers)
                .map(one -> 2 / (count * mean * mean) * (one - mean - variance / mean))
                .toArray();
        assertClose("gradient", ReferenceGates.cvSquared(variables).gradient().by(variables), expected, 1e-8);
    }

    private static double cvSquared(double... numbers) {
        return ReferenceGates.cvSquared(Scalar.of(numbers)).value();
    }
}
