package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SortedAssignmentsTest {
    @Test
    void of_threeRowsOfTwoExperts() {
        // Rows 0, 0, 1, 1, 2, 2 with the experts 7, 2, 2, 131071, 7, 2.
        SortedAssignments sorted = SortedAssignments.of(new long[] {0, 0, 1, 1, 2, 2, 7, 2, 2, 131_071, 7, 2});
        assertThat(sorted.experts()).containsExactly(2, 7, 131_071);
        assertThat(sorted.counts()).containsExactly(3, 2, 1);
        assertThat(sorted.order()).containsExactly(1, 2, 5, 0, 4, 3);
        assertThat(sorted.sources(0, 3)).containsExactly(0, 1, 2, 0, 2, 1);
        assertThat(sorted.sources(1, 2)).containsExactly(0, 2);
        assertThat(sorted.slots()).containsExactly(3, 0, 1, 5, 4, 2);
    }

    @Test
    void of_noAssignments_isEmpty() {
        SortedAssignments sorted = SortedAssignments.of(new long[0]);
        assertThat(sorted.experts()).isEmpty();
        assertThat(sorted.slots()).isEmpty();
        assertThat(sorted.sources(0, 0)).isEmpty();
    }

    /** Every assignment is in the slot that is said to be its own, whose expert is its own. */
    @Test
    void slots_areTheInverseOfTheOrder() {
        Random random = new Random(3);
        int size = 200;
        long[] pairs = new long[2 * size];
        for (int a = 0; a < size; a++) {
            pairs[a] = a / 4;
            pairs[size + a] = random.nextInt(30);
        }
        SortedAssignments sorted = SortedAssignments.of(pairs);
        int slot = 0;
        for (int i = 0; i < sorted.experts().length; i++) {
            for (int n = 0; n < sorted.counts()[i]; n++, slot++) {
                int assignment = sorted.order()[slot];
                assertThat(pairs[size + assignment]).isEqualTo(sorted.experts()[i]);
                assertThat(sorted.slots()[assignment]).isEqualTo(slot);
                assertThat(sorted.sources(i, i + 1)[n]).isEqualTo(pairs[assignment]);
            }
        }
        assertThat(slot).isEqualTo(size);
    }
}
