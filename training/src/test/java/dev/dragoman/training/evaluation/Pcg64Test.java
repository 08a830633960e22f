package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against {@code numpy.random.default_rng(seed).choice(bound, size=5)} of NumPy 2.4.6. */
class Pcg64Test {
    @ParameterizedTest
    @CsvSource({
        "0,             1,    0 0 0 0 0",
        "0,             2,    1 1 1 0 0",
        "0,             3,    2 1 1 0 0",
        "0,             1000, 850 636 511 269 307",
        "1,             1000, 473 511 755 950 34",
        "12345,         1000, 699 227 788 316 204",
        "12345,         7,    4 1 5 2 1",
        "1099511627783, 1000, 206 829 609 255 17",
    })
    void below_asNumpyDraws(long seed, int bound, String expected) {
        Pcg64 random = new Pcg64(seed);
        int[] drawn = new int[5];
        Arrays.setAll(drawn, i -> random.below(bound));
        assertThat(drawn)
                .containsExactly(Arrays.stream(expected.split(" "))
                        .mapToInt(Integer::parseInt)
                        .toArray());
    }
}
