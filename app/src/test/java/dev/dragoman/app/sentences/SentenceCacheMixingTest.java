package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.TranslationOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.springframework.util.unit.DataSize;

/** Whatever is asked in whatever order, an answer is that of the model version, the pair, the options and the sentence asked for. */
class SentenceCacheMixingTest {
    private static final List<TranslationOptions> OPTIONS = List.of(
            TranslationOptions.GREEDY,
            TranslationOptions.BEAM_4,
            new TranslationOptions(4, 2, 0.6, 0.2, 2),
            new TranslationOptions(4, 1, 0.7, 0.2, 2),
            new TranslationOptions(4, 1, 0.6, 0, 2),
            new TranslationOptions(4, 1, 0.6, 0.2, 3),
            constrained("", List.of("x"), List.of()),
            constrained("", List.of("y"), List.of()),
            constrained("", List.of("x", "y"), List.of()),
            constrained("", List.of(), List.of("x")),
            constrained("", List.of(), List.of("x", "x")),
            constrained("x", List.of(), List.of()));

    private static TranslationOptions constrained(String prefix, List<String> banned, List<String> required) {
        return TranslationOptions.BEAM_4.withConstraints(new TranslationConstraints(prefix, banned, required));
    }

    /**
     * Something done with the cache.
     *
     * @param written the sentence as its caller wrote it
     * @param act 0 fails what is in flight, 1 and 2 leave it in flight, 3 clears the cache; else it is finished
     */
    private record Request(String version, LanguagePair pair, TranslationOptions options, String written, int act) {
        SentenceKey key() {
            return SentenceKey.of(version, pair, options, written);
        }

        /** All that its translation depends on. */
        String answer() {
            return version + "|" + pair + "|" + options + "|" + written.strip().replaceAll("\\s+", " ");
        }
    }

    @Provide
    Arbitrary<List<Request>> requests() {
        Arbitrary<LanguagePair> pairs = Arbitraries.of(
                new LanguagePair("en", "fr"), new LanguagePair("en", "de"), new LanguagePair("e", "n-fr"));
        // Few words, so that requests meet, some of them differently written.
        Arbitrary<String> sentences = Arbitraries.of("a", "b", "a b", "a  b", " a", "A", "v1", "a|b", "a\tb ");
        return Combinators.combine(
                        Arbitraries.of("v1", "v2", "v1|en-fr"),
                        pairs,
                        Arbitraries.of(OPTIONS),
                        sentences,
                        Arbitraries.integers().between(0, 12))
                .as(Request::new)
                .list()
                .ofMaxSize(120);
    }

    @Property(tries = 500)
    void obtain_neverMixes(@ForAll("requests") List<Request> requests, @ForAll("sizes") long size) {
        SentenceCache cache = new SentenceCache(DataSize.ofBytes(size), new SimpleMeterRegistry());
        Map<CompletableFuture<Translation>, List<Request>> waiting = new HashMap<>();
        for (Request request : requests) {
            PendingSentence own = new PendingSentence(request.key(), 1, 0, context());
            CompletableFuture<Translation> found = cache.obtain(request.key(), context(), () -> own);
            if (found.isDone()) {
                assertThat(found.join().text()).isEqualTo(request.answer());
                continue;
            }
            // In flight, so whoever asked first must have asked for the same.
            List<Request> others = waiting.computeIfAbsent(found, key -> new ArrayList<>());
            others.add(request);
            assertThat(others).extracting(Request::answer).containsOnly(request.answer());
            act(request, found, cache);
        }
    }

    private static void act(Request request, CompletableFuture<Translation> found, SentenceCache cache) {
        switch (request.act()) {
            case 0 -> found.completeExceptionally(new CancellationException());
            case 1, 2 -> {}
            case 3 -> cache.clear();
            default ->
                found.complete(new Translation(List.of(new Translation.Hypothesis(request.answer(), -1, 1, false)), 1));
        }
    }

    /** From none, by way of a few sentences, to all. */
    @Provide
    Arbitrary<Long> sizes() {
        return Arbitraries.of(0L, 1_000L, 3_000L, 1_000_000L);
    }

    private static RequestContext context() {
        return new RequestContext(
                Lane.INTERACTIVE, "client", Deadline.after(Duration.ofMinutes(1), Ticker.systemTicker()));
    }
}
