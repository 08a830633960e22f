package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTicker;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.sentences.SentenceQueue.Batch;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.TranslationOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentenceQueueTest {
    private final FakeTicker ticker = new FakeTicker();
    private final SentenceQueue queue = new SentenceQueue(100, 40, 4);

    @Test
    void reserve_untilTheCapacity() {
        assertThat(queue.reserve(60)).isTrue();
        assertThat(queue.reserve(41)).isFalse();
        assertThat(queue.reserve(40)).isTrue();
        assertThat(queue.reserve(1)).isFalse();
        assertThat(queue.tokens()).isEqualTo(100);
    }

    @Test
    void reserve_moreThanAnIntegerHolds() {
        assertThat(queue.reserve(1)).isTrue();
        assertThat(queue.reserve(Integer.MAX_VALUE)).isFalse();
    }

    @Test
    void add_returnsTheReservation() {
        queue.reserve(30);
        queue.add(List.of(sentence("a", 10)), 30);
        assertThat(queue.tokens()).isEqualTo(10);

        queue.reserve(30);
        queue.add(List.of(), 30);
        assertThat(queue.tokens()).isEqualTo(10);
    }

    @Test
    void nextBatch_freesWhatItTakes() {
        add(sentence("a", 10));
        next();
        assertThat(queue.tokens()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void nextBatch_takesWhatIsThere() {
        add(sentence("a", 10));
        add(sentence("b", 10));
        assertThat(texts(next())).containsExactly("a", "b");
    }

    @Test
    void nextBatch_countsPadding() {
        // Three sentences, the longest of 20 tokens, are 60 padded tokens: more than 40.
        add(sentence("a", 5), sentence("b", 20), sentence("c", 5));
        assertThat(texts(next())).containsExactly("a", "b");
        assertThat(texts(next())).containsExactly("c");
    }

    @Test
    void nextBatch_limitsSentences() {
        add(sentence("a", 1), sentence("b", 1), sentence("c", 1), sentence("d", 1), sentence("e", 1));
        assertThat(texts(next())).containsExactly("a", "b", "c", "d");
        assertThat(texts(next())).containsExactly("e");
    }

    @Test
    void nextBatch_takesASentenceAboveTheBudgetAlone() {
        add(sentence("a", 41), sentence("b", 1));
        assertThat(texts(next())).containsExactly("a");
        assertThat(texts(next())).containsExactly("b");
    }

    @Test
    void nextBatch_letsRequestsTakeTurns() {
        add(sentence("a1", 10), sentence("a2", 10), sentence("a3", 10), sentence("a4", 10), sentence("a5", 10));
        add(sentence("b1", 10));
        assertThat(texts(next())).containsExactly("a1", "b1", "a2", "a3");
        assertThat(texts(next())).containsExactly("a4", "a5");
    }

    @Test
    void nextBatch_keepsPairsApart() {
        add(sentence("french", 5));
        add(sentence("german", 5, TestServer.EN_DE, TranslationOptions.GREEDY));
        add(sentence("more french", 5));
        assertThat(texts(next())).containsExactly("french", "more french");
        assertThat(texts(next())).containsExactly("german");
    }

    @Test
    void nextBatch_keepsOptionsApart() {
        add(sentence("greedy", 5));
        add(sentence("beam", 5, TestServer.EN_FR, TranslationOptions.BEAM_4));
        assertThat(texts(next())).containsExactly("greedy");
        assertThat(texts(next())).containsExactly("beam");
    }

    @Test
    void nextBatch_beginsWithWhoWasPassedOver() {
        add(sentence("f1", 20), sentence("f2", 20), sentence("f3", 20), sentence("f4", 20));
        add(sentence("g1", 5, TestServer.EN_DE, TranslationOptions.GREEDY));
        assertThat(texts(next())).containsExactly("f1", "f2");
        assertThat(texts(next())).containsExactly("g1");
        assertThat(texts(next())).containsExactly("f3", "f4");
    }

    @Test
    void nextBatch_leavesOtherIdleWorkersTheirShare() {
        add(sentence("a", 1), sentence("b", 1), sentence("c", 1));
        assertThat(texts(queue.nextBatch(ticker.read(), 2))).containsExactly("a", "b");
        assertThat(texts(queue.nextBatch(ticker.read(), 1))).containsExactly("c");
    }

    @Test
    void nextBatch_ofFewerSentencesThanIdleWorkers() {
        add(sentence("a", 1), sentence("b", 1));
        assertThat(texts(queue.nextBatch(ticker.read(), 8))).containsExactly("a");
        assertThat(texts(queue.nextBatch(ticker.read(), 7))).containsExactly("b");
    }

    @Test
    void nextBatch_leavesOutWhatNobodyWaitsFor() {
        PendingSentence patient = new PendingSentence(
                key("patient", TestServer.EN_FR, TranslationOptions.GREEDY), 5, 0, deadline(Duration.ofSeconds(9)));
        add(sentence("impatient", 5), patient);
        ticker.advance(Duration.ofSeconds(2));
        Batch batch = next();
        assertThat(texts(batch)).containsExactly("patient");
        assertThat(batch.expired())
                .extracting(sentence -> sentence.key().sentence())
                .containsExactly("impatient");
        assertThat(queue.tokens()).isZero();
    }

    @Test
    void removeAll_empties() {
        add(sentence("a", 5), sentence("b", 5));
        add(sentence("c", 5));
        assertThat(queue.removeAll()).hasSize(3);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.tokens()).isZero();
    }

    private void add(PendingSentence... sentences) {
        queue.add(List.of(sentences), 0);
    }

    private Batch next() {
        return queue.nextBatch(ticker.read(), 1);
    }

    private static List<String> texts(Batch batch) {
        return batch.sentences().stream()
                .map(sentence -> sentence.key().sentence())
                .toList();
    }

    private PendingSentence sentence(String text, int tokens) {
        return sentence(text, tokens, TestServer.EN_FR, TranslationOptions.GREEDY);
    }

    private PendingSentence sentence(String text, int tokens, LanguagePair pair, TranslationOptions options) {
        return new PendingSentence(key(text, pair, options), tokens, ticker.read(), deadline(Duration.ofSeconds(1)));
    }

    private static SentenceKey key(String text, LanguagePair pair, TranslationOptions options) {
        return new SentenceKey("v1", pair, options, text);
    }

    private Deadline deadline(Duration allowed) {
        return Deadline.after(allowed, ticker);
    }
}
