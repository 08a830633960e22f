package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateTest {
    private static final int LONG = 1_000_000;

    /** Relative to the peak; the schedules of Shazeer et al. 2017 for language models and for translation. */
    @ParameterizedTest
    @CsvSource({
        "1000, 0, 500, 0.5",
        "1000, 0, 1000, 1",
        "1000, 0, 4000, 0.5",
        "1000, 0, 27000, 0.1925",
        "2000, 8000, 1000, 0.5",
        "2000, 8000, 2000, 1",
        "2000, 8000, 5000, 1",
        "2000, 8000, 10000, 1",
        "2000, 8000, 40000, 0.5",
        "2000, 8000, 100000, 0.3162",
    })
    void at_ofThePapersSchedules(int warmup, int constant, int update, double expected) {
        LearningRate schedule = new LearningRate(0.25, warmup, constant, 0);
        assertThat(schedule.at(update, LONG) / 0.25).isCloseTo(expected, within(5e-5));
    }

    @Test
    void at_risesFromTheFirstUpdate() {
        LearningRate schedule = new LearningRate(1, 4, 10, 0);
        assertThat(schedule.at(1, LONG)).isEqualTo(0.25);
        assertThat(schedule.at(4, LONG)).isEqualTo(1);
        assertThat(new LearningRate(1, 0, 10, 0).at(1, LONG)).isEqualTo(1);
        // Without either, the fall begins at once.
        assertThat(new LearningRate(1, 0, 0, 0).at(4, LONG)).isEqualTo(0.5);
    }

    /** In equal steps, of which the one after the last would be zero: the last update still moves. */
    @Test
    void at_coolsDownLinearlyToZero() {
        LearningRate schedule = new LearningRate(1, 0, 100, 4);
        double[] expected = {1, 1, 0.8, 0.6, 0.4, 0.2};
        for (int i = 0; i < expected.length; i++) {
            assertThat(schedule.at(15 + i, 20)).isCloseTo(expected[i], within(1e-12));
        }
        assertThat(schedule.at(21, 20)).isZero();
        assertThat(schedule.at(30, 20)).isZero();
    }

    @Test
    void at_neverExceedsThePeakNorFallsBelowZero() {
        for (int warmup : new int[] {0, 1, 7}) {
            for (int constant : new int[] {0, 9}) {
                for (int cooldown : new int[] {0, 5, 100}) {
                    LearningRate schedule = new LearningRate(0.3, warmup, constant, cooldown);
                    for (int update = 1; update <= 60; update++) {
                        assertThat(schedule.at(update, 60)).isGreaterThan(0).isLessThanOrEqualTo(0.3);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 0, 0, 0, peak must be from 0 to 10",
        "11, 0, 0, 0, peak must be from 0 to 10",
        "NaN, 0, 0, 0, peak must be from 0 to 10",
        "1, -1, 0, 0, warmup must be from 0",
        "1, 0, -1, 0, constant must be from 0",
        "1, 0, 0, -1, cooldown must be from 0",
    })
    void impossibleValues_areNamed(double peak, int warmup, int constant, int cooldown, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LearningRate(peak, warmup, constant, cooldown))
                .withMessageStartingWith("training.learningRate." + problem);
    }
}
