package dev.dragoman.inference.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    @Test
    void of_mixedLengths_putsLikeLengthsTogetherLongestFirst() {
        assertThat(plan(20, 3, 10, 4, 9, 3)).containsExactly(new int[] {1, 3}, new int[] {2, 0, 4});
    }

    @Test
    void of_equalLengths_keepTheirOrder() {
        assertThat(plan(6, 2, 2, 2, 2)).containsExactly(new int[] {0, 1, 2}, new int[] {3});
    }

    @Test
    void of_sentenceBeyondTheBudget_runsAlone() {
        assertThat(plan(5, 1, 100, 1)).containsExactly(new int[] {1}, new int[] {0, 2});
    }

    @Test
    void of_exactFit_isOneBatch() {
        assertThat(plan(12, 4, 4, 4)).containsExactly(new int[] {0, 1, 2});
    }

    @Test
    void of_nothing_isNoBatch() {
        assertThat(plan(5)).isEmpty();
    }

    @Test
    void of_noBudget_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(0, 1))
                .withMessage("maximumTokens must be at least 1, but is 0");
    }

    @Property
    void everySentence_isInExactlyOneBatch_withinTheBudget(
            @ForAll @Size(max = 60) List<@IntRange(max = 300) Integer> sentences,
            @ForAll @IntRange(min = 1, max = 1000) int maximumTokens) {
        int[] lengths = sentences.stream().mapToInt(Integer::intValue).toArray();

        List<int[]> batches = BatchPlan.of(lengths, maximumTokens).batches();

        assertThat(batches.stream().flatMapToInt(Arrays::stream).sorted())
                .containsExactlyElementsOf(
                        IntStream.range(0, lengths.length).boxed().toList());
        for (int[] batch : batches) {
            int longest = Arrays.stream(batch).map(i -> lengths[i]).max().orElseThrow();
            assertThat(batch.length == 1 || batch.length * longest <= maximumTokens)
                    .isTrue();
        }
    }

    private static List<int[]> plan(int maximumTokens, int... lengths) {
        return BatchPlan.of(lengths, maximumTokens).batches();
    }
}
