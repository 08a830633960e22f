package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ExpertLoadTest {
    @Test
    void cv_isTheRootOfWhatTheBalanceLossesSquare() {
        ExpertLoad load = new ExpertLoad(new float[] {1, 2, 3, 4}, new float[] {1, 0, 0, 0}, new int[] {1, 1, 1, 1});
        assertThat(load.importanceCv()).isCloseTo(Math.sqrt(0.2), within(1e-7));
        assertThat(load.loadCv()).isCloseTo(Math.sqrt(3), within(1e-7));
    }

    @Test
    void cv_ofAnEvenLoad_isZero() {
        ExpertLoad load = new ExpertLoad(new float[] {5, 5, 5}, new float[] {0.1f, 0.1f, 0.1f}, new int[] {5, 5, 5});
        assertThat(load.importanceCv()).isZero();
        assertThat(load.loadCv()).isCloseTo(0, within(1e-6));
        assertThat(load.overflow()).isEqualTo(1);
        assertThat(load.idleShare()).isZero();
    }

    @Test
    void overflow_isTheBusiestExpertOverTheMean_andIdleWhoeverHasNoRows() {
        ExpertLoad load = new ExpertLoad(new float[4], new float[4], new int[] {6, 2, 0, 0});
        assertThat(load.overflow()).isEqualTo(3);
        assertThat(load.idleShare()).isEqualTo(0.5);
    }

    @Test
    void nothing_ofABatchWithoutRows_isNotANumber() {
        ExpertLoad load = new ExpertLoad(new float[2], new float[2], new int[2]);
        assertThat(load.importanceCv()).isZero();
        assertThat(load.overflow()).isZero();
        assertThat(load.idleShare()).isEqualTo(1);
    }
}
