package dev.dragoman.training.shortlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlignmentPriorTest {
    @Property
    void fill_isTheFormula(
            @ForAll @DoubleRange(min = 0, max = 20) double tension,
            @ForAll @IntRange(min = 1, max = 60) int sourceLength,
            @ForAll @IntRange(min = 1, max = 60) int targetLength,
            @ForAll @IntRange(min = 1, max = 60) int at) {
        int position = 1 + at % targetLength;
        double[] expected = new double[sourceLength];
        for (int i = 1; i <= sourceLength; i++) {
            expected[i - 1] =
                    Math.exp(-tension * Math.abs((double) i / sourceLength - (double) position / targetLength));
        }
        double sum = Arrays.stream(expected).sum();
        double[] weights = new double[sourceLength + 3];
        Arrays.fill(weights, 7);

        new AlignmentPrior(tension).fill(weights, sourceLength, position, targetLength);

        for (int i = 0; i < sourceLength; i++) {
            assertThat(weights[i]).isEqualTo(expected[i] / sum, within(1e-12));
        }
        assertThat(Arrays.copyOfRange(weights, sourceLength, sourceLength + 3)).containsOnly(7);
    }

    @Test
    void fill_noTension_isEqual() {
        double[] weights = new double[4];
        new AlignmentPrior(0).fill(weights, 4, 1, 9);
        assertThat(weights).containsOnly(0.25);
    }

    /** Abramowitz and Stegun, table 6.1 and 6.3.2 to 6.3.3. */
    @ParameterizedTest
    @CsvSource({
        "1, -0.57721566490153286",
        "0.5, -1.96351002602142348",
        "2, 0.42278433509846714",
        "10, 2.25175258906672110",
        "0.01, -100.56088545786867",
        "1000000, 13.8155100579642"
    })
    void digamma_knownValues(double x, double expected) {
        assertThat(Digamma.of(x)).isEqualTo(expected, within(1e-10));
    }
}
