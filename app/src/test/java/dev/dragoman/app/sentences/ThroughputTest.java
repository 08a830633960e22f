package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThroughputTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Throughput throughput = new Throughput(1);

    @Test
    void timeFor_beforeAnythingWasMeasured() {
        assertThat(throughput.timeFor(1_000_000)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void timeFor_roundsUpToSeconds() {
        throughput.record(1, 100, SECOND);
        assertThat(throughput.timeFor(150)).isEqualTo(Duration.ofSeconds(2));
        assertThat(throughput.timeFor(1000)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void timeFor_staysBetweenOneSecondAndOneMinute() {
        throughput.record(1, 100, SECOND);
        assertThat(throughput.timeFor(0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(throughput.timeFor(1_000_000)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void timeFor_ofSeveralWorkers() {
        Throughput two = new Throughput(2);
        two.record(1, 100, SECOND);
        two.record(1, 100, SECOND);
        assertThat(two.timeFor(1000)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void timeFor_countsStepsInWhichNothingEnds() {
        for (int i = 0; i < 100; i++) {
            throughput.record(1, i % 10 == 9 ? 100 : 0, SECOND / 100);
        }
        assertThat(throughput.timeFor(9_000)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
    }

    @Test
    void timeFor_followsTheLatest() {
        throughput.record(1, 100, SECOND);
        for (int i = 0; i < 100; i++) {
            throughput.record(1, 1000, SECOND);
        }
        assertThat(throughput.timeFor(9_000)).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(10));
    }

    @Test
    void nanosFor_isNotRounded() {
        assertThat(throughput.nanosFor(150)).isZero();
        throughput.record(1, 100, SECOND);
        assertThat(throughput.nanosFor(150)).isCloseTo(3 * SECOND / 2, withinPercentage(1));
        assertThat(throughput.nanosFor(0)).isZero();
    }

    @Test
    void decodingNanos_growWithTheStepsAndTheirTime() {
        assertThat(throughput.decodingNanos(10, 1)).isZero();
        throughput.record(1, 0, SECOND / 100);
        assertThat(throughput.decodingNanos(9, 1)).isCloseTo(SECOND / 10, withinPercentage(1));
        for (int i = 0; i < 1000; i++) {
            throughput.recordSteps(10, 20);
            throughput.record(1, 10, SECOND / 50);
        }
        assertThat(throughput.decodingNanos(9, 1)).isCloseTo(19 * SECOND / 50, withinPercentage(1));
    }

    @Test
    void record_aBatchThatTookNoTime() {
        throughput.record(1, 1, 0);
        assertThat(throughput.timeFor(1)).isEqualTo(Duration.ofSeconds(1));
    }
}
