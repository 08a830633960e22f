package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

class StepTimesTest {
    private final StepTimes times = new StepTimes();

    @Test
    void of_nothingMeasured() {
        assertThat(times.of(7)).isZero();
    }

    @Test
    void of_findsTheLine() {
        for (int i = 0; i < 200; i++) {
            int sentences = 1 + i % 20;
            times.record(sentences, 1_000 + 50 * sentences);
        }
        assertThat(times.of(1)).isCloseTo(1_050, withinPercentage(1));
        assertThat(times.of(64)).isCloseTo(4_200, withinPercentage(1));
    }

    @Test
    void of_whereTheStepsAreAlike_moreTakeLongerInProportion() {
        for (int i = 0; i < 100; i++) {
            times.record(4, 1_000);
        }
        assertThat(times.of(4)).isCloseTo(1_000, withinPercentage(1));
        assertThat(times.of(8)).isCloseTo(2_000, withinPercentage(1));
        assertThat(times.of(1)).isCloseTo(1_000, withinPercentage(1));
    }

    @Test
    void of_neverFallsWithMore() {
        for (int i = 0; i < 200; i++) {
            int sentences = 1 + i % 20;
            times.record(sentences, 2_000 - 50 * sentences);
        }
        assertThat(times.of(64)).isGreaterThanOrEqualTo(times.of(1));
        assertThat(times.of(0)).isNotNegative();
    }

    @Test
    void of_followsTheLatest() {
        for (int i = 0; i < 200; i++) {
            times.record(1 + i % 5, 10_000);
        }
        for (int i = 0; i < 500; i++) {
            times.record(1 + i % 5, 100);
        }
        assertThat(times.of(3)).isCloseTo(100, within(5.0));
    }
}
