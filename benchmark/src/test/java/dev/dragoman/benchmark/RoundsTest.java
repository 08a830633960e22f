package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {
    @Test
    void ratio_isTheMedianOfRatiosAndNotTheRatioOfMedians() {
        Rounds rounds = new Rounds(Map.of("a", new double[] {1, 8, 6}, "b", new double[] {1, 2, 3}));

        assertThat(rounds.ratio("a", "b")).isEqualTo(2);
        assertThat(rounds.median("a") / rounds.median("b")).isEqualTo(3);
    }

    @Test
    void median_ofAnEvenNumber_isBetweenTheMiddleTwo() {
        assertThat(Rounds.median(new double[] {9, 1, 2, 4})).isEqualTo(3);
    }

    @Test
    void median_leavesItsArgumentInOrder() {
        double[] values = {3, 1, 2};
        Rounds.median(values);

        assertThat(values).containsExactly(3, 1, 2);
    }

    @Test
    void measure_takesTurns() {
        List<String> calls = new ArrayList<>();
        Map<String, Runnable> contenders = new LinkedHashMap<>();
        contenders.put("a", () -> sleep(calls, "a", 60));
        contenders.put("b", () -> sleep(calls, "b", 90));
        Rounds rounds = Rounds.measure(3, Rounds.Clock.WALL, contenders);

        assertThat(calls).containsExactly("a", "a", "b", "b", "a", "b", "a", "b", "a", "b");
        assertThat(rounds.median("a")).isGreaterThanOrEqualTo(0.06);
        assertThat(rounds.seconds().get("b")).hasSize(3);
    }

    @Test
    void measure_repeatsShortCallsAndTellsTheTimeOfOne() {
        int[] calls = {0};
        Rounds rounds = Rounds.measure(2, Rounds.Clock.WALL, Map.of("a", () -> {
            calls[0]++;
            sleep(new ArrayList<>(), "a", 5);
        }));

        assertThat(calls[0]).isBetween(4, 24);
        // One sleep and not a turn of several, which would be 50 at least; sleeps are late on a busy machine.
        assertThat(rounds.median("a")).isBetween(0.005, 0.045);
    }

    private static void sleep(List<String> calls, String name, long milliseconds) {
        calls.add(name);
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
