package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTicker;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.TranslationOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentenceQueueTest {
    private final FakeTicker ticker = new FakeTicker();
    private final SentenceQueue queue = new SentenceQueue(100);

    @Test
    void reserve_untilTheCapacity() {
        assertThat(queue.reserve(60)).isTrue();
        assertThat(queue.reserve(41)).isFalse();
        assertThat(queue.reserve(40)).isTrue();
        assertThat(queue.reserve(1)).isFalse();
        assertThat(queue.tokens()).isEqualTo(100);
        queue.release(40);
        assertThat(queue.tokens()).isEqualTo(60);
    }

    @Test
    void reserve_moreThanAnIntegerHolds() {
        assertThat(queue.reserve(1)).isTrue();
        assertThat(queue.reserve(Integer.MAX_VALUE)).isFalse();
    }

    @Test
    void add_returnsTheReservation() {
        queue.reserve(30);
        add(Lane.INTERACTIVE, 30, 10);
        assertThat(queue.tokens()).isEqualTo(10);

        queue.reserve(30);
        queue.add(request(Lane.INTERACTIVE, 1), List.of(), 30);
        assertThat(queue.tokens()).isEqualTo(10);
    }

    @Test
    void poll_freesWhatItTakes() {
        add(Lane.INTERACTIVE, 0, 10);
        assertThat(queue.poll(Lane.BATCH, any -> true)).isNull();
        assertThat(queue.poll(Lane.INTERACTIVE, any -> false)).isNull();
        assertThat(queue.tokens()).isEqualTo(10);
        assertThat(queue.poll(Lane.INTERACTIVE, any -> true)).isNotNull();
        assertThat(queue.tokens()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void sentences_byLane() {
        add(Lane.INTERACTIVE, 0, 10);
        add(Lane.BATCH, 0, 10);
        add(Lane.BATCH, 0, 10);
        assertThat(queue.sentences(Lane.INTERACTIVE)).isEqualTo(1);
        assertThat(queue.sentences(Lane.BATCH)).isEqualTo(2);
        assertThat(queue.sentences()).isEqualTo(3);
    }

    @Test
    void removeUnwanted_takesWhatNobodyWaitsFor() {
        RequestContext gone = request(Lane.BATCH, 9);
        PendingSentence left = sentence(gone, 5);
        gone.waitsFor(left);
        queue.add(gone, List.of(left), 0);
        RequestContext patient = request(Lane.INTERACTIVE, 9);
        PendingSentence wanted = sentence(patient, 7);
        queue.add(patient, List.of(wanted), 0);
        add(Lane.INTERACTIVE, 0, 11);

        gone.end(Cancellation.CLIENT_GONE);
        ticker.advance(Duration.ofSeconds(2));
        assertThat(queue.removeUnwanted(ticker.read()))
                .extracting(PendingSentence::tokens)
                .containsExactly(11, 5);
        assertThat(queue.tokens()).isEqualTo(7);
        assertThat(queue.poll(Lane.INTERACTIVE, any -> true)).isSameAs(wanted);
    }

    @Test
    void removeAll_empties() {
        add(Lane.INTERACTIVE, 0, 5);
        add(Lane.BATCH, 0, 5);
        assertThat(queue.removeAll()).hasSize(2);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.tokens()).isZero();
    }

    private void add(Lane lane, int reserved, int tokens) {
        RequestContext request = request(lane, 1);
        queue.add(request, List.of(sentence(request, tokens)), reserved);
    }

    private RequestContext request(Lane lane, int seconds) {
        return new RequestContext(lane, "client", Deadline.after(Duration.ofSeconds(seconds), ticker));
    }

    private PendingSentence sentence(RequestContext request, int tokens) {
        return new PendingSentence(
                new SentenceKey("v1", TestServer.EN_FR, TranslationOptions.GREEDY, "text"),
                tokens,
                ticker.read(),
                request);
    }
}
