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

    /** Adam at 0.0002 for 60,000 updates, then descent at 0.5, halved at 1.2 million and every 200,000 updates after. */
    @ParameterizedTest
    @CsvSource({
        "1, 0.0002",
        "60000, 0.0002",
        "60001, 0.5",
        "1200000, 0.5",
        "1200001, 0.25",
        "1400000, 0.25",
        "1400001, 0.125",
        "2000000, 0.03125",
    })
    void rate_ofGnmtsTwoStages(int update, double expected) {
        Recipe.Training training = Trainings.with(ToyTask.training(2_000_000, 10), """
                learningRate: {peak: 0.0002, warmup: 0, constant: 2000000, cooldown: 0},
                descent: {after: 60000, learningRate: {peak: 0.5, warmup: 0, constant: 1140000, cooldown: 0,
                                                       halving: {every: 200000}}}
                """);
        assertThat(training.rate(update)).isCloseTo(expected, within(1e-12));
    }

    /** The schedule of RNMT+ for one replica: 500 updates up, constant to 400,000, down by the same share to 1,200,000. */
    @ParameterizedTest
    @CsvSource({
        "250, 0.5",
        "500, 1",
        "400000, 1",
        "600000, 0.840896",
        "800000, 0.707107",
        "1200000, 0.5",
        "1500000, 0.5",
    })
    void at_ofAnExponentialFall(int update, double expected) {
        LearningRate schedule = new LearningRate(1, 500, 399_500, 0, new LearningRate.Exponential(800_000, 0.5), null);
        assertThat(schedule.at(update, 2_000_000)).isCloseTo(expected, within(1e-6));
    }

    @Test
    void twoFalls_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new LearningRate(1, 0, 0, 0, new LearningRate.Exponential(1, 0.5), new LearningRate.Halving(1)))
                .withMessage(
                        "training.learningRate must name one fall at most, but names both exponential and halving");
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
