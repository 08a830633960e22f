package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final AtomicLong nanoTime = new AtomicLong(-5);
    private final Pace pace = new Pace(nanoTime::get);

    @Test
    void due_atFirst() {
        assertThat(pace.due(Duration.ofHours(1))).isTrue();
    }

    @Test
    void due_afterTheInterval() {
        pace.work(() -> {});
        nanoTime.addAndGet(999_999_999);
        assertThat(pace.due(Duration.ofSeconds(1))).isFalse();
        nanoTime.addAndGet(1);
        assertThat(pace.due(Duration.ofSeconds(1))).isTrue();
        assertThat(pace.due(Duration.ZERO)).isTrue();
    }

    /** In hours in which it is asked all the time, a work of half a second is done for no more than a 400th of them. */
    @Test
    void work_takesAFourHundredthOfTheTime() {
        Duration end = Duration.ofHours(10);
        long worked = 0;
        while (nanoTime.get() < end.toNanos()) {
            if (pace.due(Duration.ZERO)) {
                pace.work(() -> nanoTime.addAndGet(500_000_000));
                worked += 500_000_000;
            }
            nanoTime.addAndGet(10_000_000);
        }
        assertThat(worked).isBetween(end.toNanos() / 420, end.toNanos() / 399);
    }
}
