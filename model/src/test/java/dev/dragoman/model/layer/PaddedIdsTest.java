package dev.dragoman.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PaddedIdsTest {
    private static final float NONE = Float.NEGATIVE_INFINITY;
    private static final PaddedIds IDS = PaddedIds.of(new int[][] {{5, 6, 7}, {8}}, 0);

    @Test
    void of_padsToTheLongest() {
        assertThat(IDS.ids()).containsExactly(5, 6, 7, 8, 0, 0);
        assertThat(IDS.lengths()).containsExactly(3, 1);
        assertThat(IDS.sentences()).isEqualTo(2);
        assertThat(IDS.length()).isEqualTo(3);
        assertThat(IDS.tokens()).isEqualTo(4);
    }

    @Test
    void layouts_areTimeMajorAndLeavePaddingOut() {
        assertThat(IDS.timeMajor()).containsExactly(5, 8, 6, 0, 7, 0);
        assertThat(IDS.rows()).containsExactly(0, 1, 2, 4);
        assertThat(IDS.realIds()).containsExactly(5, 8, 6, 7);
    }

    @Test
    void reversal_mirrorsEachSentenceInItself() {
        // Steps of sentence 0 lie at 0, 2, 4; those of sentence 1 at 1, 3, 5, of which only the first is real.
        assertThat(IDS.reversal()).containsExactly(4, 1, 2, 3, 0, 5);
    }

    @Test
    void mask_isSentenceMajor() {
        assertThat(IDS.mask()).containsExactly(0, 0, 0, 0, NONE, NONE);
    }

    @Test
    void of_emptySentence_isRefused() {
        assertThatThrownBy(() -> PaddedIds.of(new int[][] {{1}, {}}, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a sentence must have at least 1 token, but has 0");
    }
}
