package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.fixture.FakeTicker;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.TranslationOptions;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class PendingSentenceTest {
    private final FakeTicker ticker = new FakeTicker();
    private final PendingSentence sentence = new PendingSentence(
            new SentenceKey("v1", TestServer.EN_FR, TranslationOptions.GREEDY, "text"), 1, 0, request(2));

    @Test
    void take_beforeItsDeadline() {
        ticker.advance(Duration.ofMillis(1999));
        assertThat(sentence.take(ticker.read(), 0)).isTrue();
    }

    @Test
    void take_atItsDeadline() {
        ticker.advance(Duration.ofSeconds(2));
        assertThat(sentence.take(ticker.read(), 0)).isFalse();
    }

    @Test
    void take_tooLateToBeReadyByItsDeadline() {
        ticker.advance(Duration.ofSeconds(1));
        assertThat(sentence.take(ticker.read(), Duration.ofMillis(999).toNanos()))
                .isTrue();
        PendingSentence late = new PendingSentence(sentence.key(), 1, 0, request(2));
        assertThat(late.take(ticker.read(), Duration.ofMillis(2001).toNanos())).isFalse();
        late.expire();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(late::join)
                .withCauseInstanceOf(ServiceException.DeadlinePassed.class);
    }

    @Test
    void join_keepsItUntilTheLatestDeadline() {
        ticker.advance(Duration.ofSeconds(1));
        assertThat(sentence.join(request(5))).isTrue();
        assertThat(sentence.join(request(1))).isTrue();
        ticker.advance(Duration.ofSeconds(4));
        assertThat(sentence.take(ticker.read(), 0)).isTrue();
    }

    @Test
    void join_whileItIsTranslated() {
        sentence.take(ticker.read(), 0);
        assertThat(sentence.join(request(1))).isTrue();
    }

    @Test
    void join_afterItExpired() {
        ticker.advance(Duration.ofSeconds(3));
        sentence.take(ticker.read(), 0);
        assertThat(sentence.join(request(9))).isFalse();
    }

    @Test
    void join_fromAFasterLane_onlyOnceItIsTranslated() {
        PendingSentence slow = new PendingSentence(sentence.key(), 1, 0, request(Lane.BATCH, 9));
        assertThat(slow.join(request(1))).isFalse();
        assertThat(slow.join(request(Lane.BATCH, 1))).isTrue();
        slow.take(ticker.read(), 0);
        assertThat(slow.join(request(1))).isTrue();
    }

    @Test
    void dropIfUnwanted_whileAnyoneWaits() {
        RequestContext second = request(9);
        assertThat(sentence.join(second)).isTrue();
        second.waitsFor(sentence);
        sentence.leave(Cancellation.CLIENT_GONE);
        assertThat(sentence.dropIfUnwanted(ticker.read())).isFalse();
        second.end(Cancellation.REQUEST_FAILED);
        second.end(Cancellation.CLIENT_GONE);
        assertThat(sentence.dropIfUnwanted(ticker.read())).isTrue();
        assertThat(sentence.cancellation()).isEqualTo(Cancellation.REQUEST_FAILED);
        assertThat(sentence.join(request(9))).isFalse();
    }

    @Test
    void waitsFor_afterTheEndOfTheRequest() {
        RequestContext over = request(9);
        over.end(Cancellation.CLIENT_GONE);
        over.waitsFor(sentence);
        assertThat(sentence.take(ticker.read(), 0)).isFalse();
        assertThat(sentence.cancellation()).isEqualTo(Cancellation.CLIENT_GONE);
        sentence.expire();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(sentence::join)
                .havingCause()
                .isInstanceOf(ServiceException.Cancelled.class);
    }

    @Test
    void expire_tellsWhoWaits() {
        ticker.advance(Duration.ofSeconds(2));
        sentence.take(ticker.read(), 0);
        sentence.expire();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(sentence::join)
                .havingCause()
                .isInstanceOf(ServiceException.DeadlinePassed.class)
                .withMessageContaining("2000 milliseconds");
    }

    private RequestContext request(int seconds) {
        return request(Lane.INTERACTIVE, seconds);
    }

    private RequestContext request(Lane lane, int seconds) {
        return new RequestContext(lane, "client", Deadline.after(Duration.ofSeconds(seconds), ticker));
    }
}
