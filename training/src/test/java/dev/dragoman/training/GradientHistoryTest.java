package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GradientHistoryTest {
    private static final Recipe.AdaptiveClip CLIP = new Recipe.AdaptiveClip(4, 0.99, 50);

    private static GradientHistory ordinary(int count) {
        Random random = new Random(3);
        GradientHistory history = GradientHistory.NONE;
        for (int i = 0; i < count; i++) {
            history = history.with(Math.exp(1 + 0.2 * random.nextGaussian()), CLIP);
        }
        return history;
    }

    @Test
    void largestNorm_beforeThereIsAnOrdinary_isInfinite() {
        assertThat(ordinary(49).largestNorm(CLIP)).isInfinite();
        assertThat(ordinary(50).largestNorm(CLIP)).isFinite();
    }

    /** The mean of the logarithms plus four deviations. */
    @Test
    void largestNorm_followsTheLogarithms() {
        GradientHistory history = ordinary(5000);
        assertThat(history.mean()).isCloseTo(1, within(0.05));
        assertThat(Math.sqrt(history.variance())).isCloseTo(0.2, within(0.04));
        assertThat(history.largestNorm(CLIP)).isEqualTo(Math.exp(history.mean() + 4 * Math.sqrt(history.variance())));
    }

    /** One explosion must not make the next ones ordinary; many of them are the new ordinary in the end. */
    @Test
    void with_anExplosion_movesLittle() {
        GradientHistory history = ordinary(1000);
        double before = history.largestNorm(CLIP);
        GradientHistory after = history.with(1e30, CLIP);
        assertThat(after.largestNorm(CLIP)).isBetween(before, 1.5 * before);
        for (int i = 0; i < 10_000; i++) {
            after = after.with(1000, CLIP);
        }
        assertThat(after.largestNorm(CLIP)).isGreaterThan(1000);
    }

    /** Without variance a little more than the mean passes. */
    @Test
    void largestNorm_ofEqualNorms_leavesRoom() {
        GradientHistory history = GradientHistory.NONE;
        for (int i = 0; i < 100; i++) {
            history = history.with(2, CLIP);
        }
        assertThat(history.largestNorm(CLIP)).isBetween(2.05, 2.2);
    }
}
