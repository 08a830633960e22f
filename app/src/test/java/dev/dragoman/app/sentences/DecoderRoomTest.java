package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTicker;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.search.SearchLimits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows for eight sentences of beam 4. */
class DecoderRoomTest {
    private final FakeTicker ticker = new FakeTicker();
    private final SentenceQueue queue = new SentenceQueue(10_000);
    private final DecoderRoom room = new DecoderRoom(new SearchLimits(32, 100, 200));

    @Test
    void next_interactiveFirst_butOneOfEightForBatch() {
        add(Lane.BATCH, 20, 5);
        add(Lane.INTERACTIVE, 20, 5);
        assertThat(fill()).isEqualTo(8);
        assertThat(queue.sentences(Lane.BATCH)).isEqualTo(19);
        assertThat(queue.sentences(Lane.INTERACTIVE)).isEqualTo(13);
    }

    @Test
    void next_batchAlone_leavesOneOfEight() {
        add(Lane.BATCH, 20, 5);
        assertThat(fill()).isEqualTo(7);
        add(Lane.INTERACTIVE, 1, 5);
        assertThat(fill()).isEqualTo(1);
        assertThat(queue.sentences(Lane.INTERACTIVE)).isZero();
    }

    @Test
    void next_batchDoesNotTakeWhatInteractiveWaitsFor() {
        add(Lane.BATCH, 1, 5);
        add(Lane.INTERACTIVE, 2, 80);
        add(Lane.BATCH, 5, 5);
        // One of each; two of 82 tokens and one more would be 246 padded tokens.
        assertThat(fill()).isEqualTo(2);
        assertThat(queue.sentences(Lane.INTERACTIVE)).isEqualTo(1);
        assertThat(queue.sentences(Lane.BATCH)).isEqualTo(5);
    }

    @Test
    void next_aSentenceBeyondTheLimits_alone() {
        add(Lane.BATCH, 1, 500);
        assertThat(fill()).isEqualTo(1);
        add(Lane.INTERACTIVE, 1, 1);
        assertThat(fill()).isZero();
    }

    private int fill() {
        int count = 0;
        for (PendingSentence next = room.next(queue); next != null; next = room.next(queue)) {
            room.add(next);
            count++;
        }
        return count;
    }

    private void add(Lane lane, int count, int tokens) {
        for (int i = 0; i < count; i++) {
            RequestContext request = new RequestContext(lane, "client", Deadline.after(Duration.ofSeconds(1), ticker));
            queue.add(
                    request,
                    List.of(new PendingSentence(
                            new SentenceKey("v1", TestServer.EN_FR, TranslationOptions.BEAM_4, "text " + i),
                            tokens,
                            ticker.read(),
                            request)),
                    0);
        }
    }
}
