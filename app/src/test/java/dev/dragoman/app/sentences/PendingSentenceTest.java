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
            new SentenceKey("v1", TestServer.EN_FR, TranslationOptions.GREEDY, "text"), 1, 0, deadline(2));

    @Test
    void take_beforeItsDeadline() {
        ticker.advance(Duration.ofMillis(1999));
        assertThat(sentence.take(ticker.read())).isTrue();
    }

    @Test
    void take_atItsDeadline() {
        ticker.advance(Duration.ofSeconds(2));
        assertThat(sentence.take(ticker.read())).isFalse();
    }

    @Test
    void join_keepsItUntilTheLatestDeadline() {
        ticker.advance(Duration.ofSeconds(1));
        assertThat(sentence.join(deadline(5))).isTrue();
        assertThat(sentence.join(deadline(1))).isTrue();
        ticker.advance(Duration.ofSeconds(4));
        assertThat(sentence.take(ticker.read())).isTrue();
    }

    @Test
    void join_whileItIsTranslated() {
        sentence.take(ticker.read());
        assertThat(sentence.join(deadline(1))).isTrue();
    }

    @Test
    void join_afterItExpired() {
        ticker.advance(Duration.ofSeconds(3));
        sentence.take(ticker.read());
        assertThat(sentence.join(deadline(9))).isFalse();
    }

    @Test
    void expire_tellsWhoWaits() {
        sentence.expire();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(sentence::join)
                .havingCause()
                .isInstanceOf(ServiceException.DeadlinePassed.class)
                .withMessageContaining("2000 milliseconds");
    }

    private Deadline deadline(int seconds) {
        return Deadline.after(Duration.ofSeconds(seconds), ticker);
    }
}
