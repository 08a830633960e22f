package dev.dragoman.app.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ModelUseTest {
    private final ModelUse use = new ModelUse();

    @Test
    void turn_withoutRequestsIsOverAtOnce() {
        assertThat(use.turn()).isCompleted();
    }

    @Test
    void turn_waitsForWhatBeganBefore() {
        ModelUse.Lease first = use.begin();
        ModelUse.Lease second = use.begin();
        CompletableFuture<Void> unused = use.turn();
        first.end();
        assertThat(unused).isNotDone();
        second.end();
        assertThat(unused).isCompleted();
    }

    @Test
    void turn_doesNotWaitForWhatBeganAfter() {
        ModelUse.Lease before = use.begin();
        CompletableFuture<Void> unused = use.turn();
        use.begin();
        before.end();
        assertThat(unused).isCompleted();
    }

    @Test
    void turn_waitsForEarlierEpochsToo() {
        ModelUse.Lease oldest = use.begin();
        CompletableFuture<Void> first = use.turn();
        CompletableFuture<Void> second = use.turn();
        assertThat(second).isNotDone();
        oldest.end();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void end_twiceCountsOnce() {
        ModelUse.Lease twice = use.begin();
        use.begin();
        twice.end();
        twice.end();
        assertThat(use.turn()).isNotDone();
    }
}
