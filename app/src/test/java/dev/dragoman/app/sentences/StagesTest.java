package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.TranslationOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StagesTest {
    @Test
    void of_spansAllSentences() {
        PendingSentence first = sentence("one", 3, 10);
        PendingSentence second = sentence("two", 4, 12);
        first.take(20, 0);
        second.take(40, 0);
        first.encoded(25);
        second.encoded(45);
        assertThat(Stages.of(List.of(second, first), 60)).isEqualTo(new Stages(2, 7, 10, 20, 40, 25, 45, 60));
        assertThat(Stages.of(List.of(second, first), 60).isEncodingKnown()).isTrue();
    }

    private static PendingSentence sentence(String text, int tokens, long submitted) {
        return new PendingSentence(
                new SentenceKey("v1", TestServer.EN_FR, TranslationOptions.GREEDY, text),
                tokens,
                submitted,
                new RequestContext(Lane.INTERACTIVE, "client", new Deadline(1_000, Duration.ofNanos(1_000))));
    }
}
