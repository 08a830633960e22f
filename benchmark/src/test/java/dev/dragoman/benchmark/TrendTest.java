package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TrendTest {
    private final Trend trend = new Trend();

    @Test
    void slope_ofAStraightLine() {
        for (int i = 0; i < 10; i++) {
            trend.add(i / 10.0, 100 + 5 * i);
        }
        assertThat(trend.slope()).isCloseTo(50, within(1e-9));
        assertThat(trend.error()).isCloseTo(0, within(1e-6));
        assertThat(trend.isFlat()).isFalse();
        assertThat(trend.verdict()).startsWith("NOT flat: mean 123, +40.82 % an hour");
    }

    @Test
    void isFlat_withNoiseAlone() {
        Random random = new Random(1);
        for (int i = 0; i < 60; i++) {
            trend.add(i / 60.0, 1000 + random.nextGaussian());
        }
        assertThat(trend.isFlat()).isTrue();
    }

    @Test
    void isFlat_whenItFalls() {
        for (int i = 0; i < 5; i++) {
            trend.add(i, 100 - i);
        }
        assertThat(trend.isFlat()).isTrue();
    }

    @Test
    void slope_ofTooFew() {
        trend.add(0, 1);
        trend.add(1, 2);
        assertThat(trend.slope()).isNaN();
    }
}
