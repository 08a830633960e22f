package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dragoman.model.mixture.ExpertLoad;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpertBalanceTest {
    /** 256 experts of which rows visit four, as in the paper. */
    private static ExpertBalance of(int experts, int used, int perRow, int rows) {
        float[] importance = new float[experts];
        int[] counts = new int[experts];
        Arrays.fill(importance, 0, used, (float) rows / used);
        Arrays.fill(counts, 0, used, rows * perRow / used);
        return ExpertBalance.of(new ExpertLoad(importance, importance.clone(), counts));
    }

    @Test
    void of_collapse_hasTheWorstValues() {
        ExpertBalance balance = of(256, 4, 4, 1000);
        assertThat(balance.importanceCv()).isCloseTo(Math.sqrt(63), within(1e-6));
        assertThat(balance.overflow()).isEqualTo(64);
        assertThat(balance.worstOverflow()).isCloseTo(64, within(1e-6));
        assertThat(balance.idleShare()).isEqualTo(252 / 256.0);
        assertThat(balance.collapsed()).isTrue();
    }

    @Test
    void of_evenUse_isNone() {
        ExpertBalance balance = of(256, 256, 4, 6400);
        assertThat(balance.importanceCv()).isZero();
        assertThat(balance.overflow()).isEqualTo(1);
        assertThat(balance.idleShare()).isZero();
        assertThat(balance.collapsed()).isFalse();
        // Twelve of 256 in use is bad, eight is lost.
        assertThat(of(256, 12, 4, 1200).collapsed()).isFalse();
        assertThat(of(256, 7, 4, 700).collapsed()).isTrue();
    }

    /** Where each row visits half of the experts or all, the busiest cannot have much more than the mean. */
    @Test
    void collapsed_ofFewExperts_isNeverTrue() {
        assertThat(of(4, 4, 4, 100).collapsed()).isFalse();
        assertThat(of(4, 2, 2, 100).collapsed()).isFalse();
    }

    @Test
    void mean_isThatOfEachMeasure() {
        ExpertBalance mean =
                ExpertBalance.mean(List.of(new ExpertBalance(1, 2, 0.5, 4, 8), new ExpertBalance(3, 0, 0, 2, 16)));
        assertThat(mean).isEqualTo(new ExpertBalance(2, 1, 0.25, 3, 12));
        assertThat(ExpertBalance.mean(List.of())).isEqualTo(new ExpertBalance(0, 0, 0, 0, 0));
    }
}
