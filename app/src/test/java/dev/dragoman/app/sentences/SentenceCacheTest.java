package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.dragoman.app.fixture.FakeTicker;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class SentenceCacheTest {
    private static final Translation TRANSLATION =
            new Translation(List.of(new Translation.Hypothesis("texte", -1, 1, false)), 1);

    private final FakeTicker ticker = new FakeTicker();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final SentenceCache cache = new SentenceCache(DataSize.ofMegabytes(1), meters);

    @Test
    void obtain_sharesWhatIsInFlight() {
        PendingSentence first = pending("text");
        assertThat(cache.obtain(first.key(), request(), () -> first)).isSameAs(first);
        assertThat(cache.obtain(first.key(), request(), () -> pending("text"))).isSameAs(first);
    }

    @Test
    void obtain_returnsWhatIsFinished() {
        PendingSentence first = obtain("text");
        first.complete(TRANSLATION);
        assertThat(cache.obtain(first.key(), request(), () -> pending("text"))).isCompletedWithValue(TRANSLATION);
    }

    @Test
    void obtain_tellsKeysApart() {
        PendingSentence first = obtain("text");
        List.of(
                        new SentenceKey("v2", TestServer.EN_FR, TranslationOptions.GREEDY, "text"),
                        new SentenceKey("v1", TestServer.EN_DE, TranslationOptions.GREEDY, "text"),
                        new SentenceKey("v1", TestServer.EN_FR, TranslationOptions.BEAM_4, "text"),
                        new SentenceKey("v1", TestServer.EN_FR, TranslationOptions.GREEDY, "Text"))
                .forEach(other -> {
                    PendingSentence own = new PendingSentence(other, 1, 0, request());
                    assertThat(cache.obtain(other, request(), () -> own))
                            .isSameAs(own)
                            .isNotSameAs(first);
                });
    }

    @Test
    void obtain_afterAFailureStartsAnew() {
        PendingSentence failed = obtain("text");
        failed.completeExceptionally(new IllegalStateException("failed"));
        assertThat(cache.contains(failed.key())).isFalse();
        PendingSentence second = pending("text");
        assertThat(cache.obtain(second.key(), request(), () -> second)).isSameAs(second);
    }

    @Test
    void obtain_afterExpiryButBeforeItsCompletionStartsAnew() {
        PendingSentence expired = obtain("text");
        ticker.advance(Duration.ofSeconds(2));
        expired.take(ticker.read(), 0);
        PendingSentence second = pending("text");
        assertThat(cache.obtain(second.key(), request(), () -> second)).isSameAs(second);

        // The late completion of the first does not disturb the second.
        expired.expire();
        assertThat(cache.contains(second.key())).isTrue();
    }

    @Test
    void obtain_withoutMemorySharesOnlyWhatIsInFlight() {
        SentenceCache none = new SentenceCache(DataSize.ofBytes(0), new SimpleMeterRegistry());
        PendingSentence first = obtain(none, "text");
        assertThat(none.obtain(first.key(), request(), () -> pending("text"))).isSameAs(first);
        first.complete(TRANSLATION);
        assertThat(none.contains(first.key())).isFalse();
    }

    @Test
    void obtain_forgetsBeyondItsSize() {
        // Half a megabyte of characters each, at two bytes: one fits, two do not.
        SentenceCache small = new SentenceCache(DataSize.ofMegabytes(1), new SimpleMeterRegistry());
        String large = "x".repeat(400_000);
        for (String text : List.of("a" + large, "b" + large, "c" + large)) {
            obtain(small, text).complete(TRANSLATION);
        }
        assertThat(List.of("a", "b", "c").stream()
                        .filter(name -> small.contains(pending(name + large).key()))
                        .count())
                .isLessThanOrEqualTo(1);
    }

    @Test
    void clear_forgetsWhatIsFinishedOnly() {
        PendingSentence finished = obtain("finished");
        finished.complete(TRANSLATION);
        PendingSentence inFlight = obtain("in flight");
        assertThat(cache.clear()).isEqualTo(1);
        assertThat(cache.contains(finished.key())).isFalse();
        assertThat(cache.obtain(inFlight.key(), request(), () -> pending("in flight")))
                .isSameAs(inFlight);
        inFlight.complete(TRANSLATION);
        assertThat(cache.contains(inFlight.key())).isTrue();
    }

    @Test
    void statistics_countBytesOfWhatIsFinished() {
        obtain("in flight");
        assertThat(cache.statistics().bytes()).isZero();
        obtain("x".repeat(1000)).complete(TRANSLATION);
        CacheStatistics statistics = cache.statistics();
        assertThat(statistics.bytes()).isBetween(2_400L, 2_600L);
        assertThat(statistics.maximumBytes()).isEqualTo(1 << 20);
        assertThat(statistics.sentences()).isEqualTo(2);
        assertThat(statistics.misses()).isEqualTo(2);
        assertThat(meters.get("cache.memory.used").gauge().value()).isEqualTo(statistics.bytes());
        assertThat(meters.get("cache.memory.max").gauge().value()).isEqualTo(1 << 20);
    }

    @Test
    void meters_countHitsAndMisses() {
        PendingSentence first = obtain("text");
        first.complete(TRANSLATION);
        obtain("text");
        cache.contains(first.key());
        assertThat(gets("miss")).isEqualTo(1);
        assertThat(gets("hit")).isEqualTo(1);
    }

    private double gets(String result) {
        return meters.get("cache.gets")
                .tags("cache", "sentences", "result", result)
                .functionCounter()
                .count();
    }

    @CanIgnoreReturnValue
    private PendingSentence obtain(String text) {
        return obtain(cache, text);
    }

    /** Asks for a sentence, and returns what would be in flight if it was not there. */
    private PendingSentence obtain(SentenceCache from, String text) {
        PendingSentence sentence = pending(text);
        CompletableFuture<Translation> found = from.obtain(sentence.key(), request(), () -> sentence);
        assertThat(found).isNotNull();
        return sentence;
    }

    private PendingSentence pending(String text) {
        return new PendingSentence(
                new SentenceKey("v1", TestServer.EN_FR, TranslationOptions.GREEDY, text), 1, ticker.read(), request());
    }

    private RequestContext request() {
        return new RequestContext(Lane.INTERACTIVE, "client", Deadline.after(Duration.ofSeconds(1), ticker));
    }
}
