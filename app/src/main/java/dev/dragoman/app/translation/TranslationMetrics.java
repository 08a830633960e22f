package dev.dragoman.app.translation;

import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.inference.faithful.FaithfulTranslation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The timer {@code translation.requests}: from the arrival of a request to its answer, refused requests included, with the tags
 * {@code pair}, {@code none} where a request was refused before that was known, {@code several} where its texts differ, and {@code outcome}, which is {@code ok} or a
 * {@link Problem#slug}.
 *
 * <p>The counter {@code translation.retries}: sentences that did not come out sound at once, with the tag {@code outcome}: {@code sound} in the end, or
 * {@code degenerate}.
 *
 * <p>The counter {@code translation.characters}, with the tag {@code pair}: code points of the texts that were translated.
 */
public final class TranslationMetrics {
    private record Tags(String pair, String outcome) {}

    private final MeterRegistry registry;
    private final AtomicLong characters = new AtomicLong();

    /** A look into the registry makes its tags anew, which costs a request more than the rest of its measuring. */
    private final Map<Tags, Timer> timers = new ConcurrentHashMap<>();

    private final Map<String, Counter> counters = new ConcurrentHashMap<>();

    TranslationMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Code points translated since the start, of all pairs. */
    public long charactersTranslated() {
        return characters.get();
    }

    Timer.Sample start() {
        return Timer.start(registry);
    }

    /** @param fault why there is no translation, or null if there is one */
    void record(Timer.Sample sample, @Nullable ValidRequest request, @Nullable Throwable fault) {
        String pair = request == null ? "none" : request.pairTag();
        sample.stop(timers.computeIfAbsent(
                new Tags(pair, outcome(fault)),
                tags -> registry.timer("translation.requests", "pair", tags.pair(), "outcome", tags.outcome())));
        if (request != null && fault == null) {
            counters.computeIfAbsent(pair, tag -> registry.counter("translation.characters", "pair", tag))
                    .increment(request.characters());
            characters.addAndGet(request.characters());
        }
    }

    /** Counts what had to be tried again. */
    void record(Collection<FaithfulTranslation> translations) {
        for (FaithfulTranslation translation : translations) {
            if (translation.attempts() > 1 || translation.degenerate()) {
                registry.counter("translation.retries", "outcome", translation.degenerate() ? "degenerate" : "sound")
                        .increment();
            }
        }
    }

    private static String outcome(@Nullable Throwable fault) {
        if (fault == null) {
            return "ok";
        }
        Throwable cause = fault instanceof CompletionException wrapped ? wrapped.getCause() : fault;
        return (cause instanceof ServiceException expected ? expected.problem() : Problem.INTERNAL).slug();
    }
}
