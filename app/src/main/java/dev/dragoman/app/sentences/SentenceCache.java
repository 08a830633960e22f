package dev.dragoman.app.sentences;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationConstraints;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Finished translations, bounded by their size in memory, and those in flight, which are shared instead of computed twice.
 *
 * <p>A translation that failed is forgotten at once: the next request for it starts anew. Hits, misses and evictions are the meters
 * {@code cache.gets}, {@code cache.evictions} and so on with the tag {@code cache=sentences}; joining a sentence in flight is a hit.
 */
public final class SentenceCache {
    /** Objects, references and table slots of an entry beside its characters: measured at 300 to 400 bytes on a 64-bit JVM. */
    private static final int ENTRY_BYTES = 400;

    private static final int HYPOTHESIS_BYTES = 96;
    private static final int REFERENCE_BYTES = 4;
    private static final int PHRASE_BYTES = 60;

    private final AsyncCache<SentenceKey, Translation> cache;
    private final DataSize size;

    /** @param size memory for finished translations, estimated; 0 keeps only those in flight */
    public SentenceCache(DataSize size, MeterRegistry registry) {
        this.size = size;
        cache = Caffeine.newBuilder()
                .maximumWeight(size.toBytes())
                .weigher(SentenceCache::bytes)
                .recordStats()
                // Evicting takes microseconds, not worth another thread.
                .executor(Runnable::run)
                .buildAsync();
        CaffeineCacheMetrics.monitor(registry, cache, "sentences");
        Gauge.builder("cache.memory.used", this, SentenceCache::weight)
                .tag("cache", "sentences")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("cache.memory.max", size, DataSize::toBytes)
                .tag("cache", "sentences")
                .baseUnit("bytes")
                .register(registry);
    }

    /** Bytes of the finished translations, by the same estimate that bounds them. */
    private long weight() {
        return cache.synchronous()
                .policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** How it has fared since the start. */
    public CacheStatistics statistics() {
        CacheStats stats = cache.synchronous().stats();
        return new CacheStatistics(
                cache.synchronous().estimatedSize(),
                weight(),
                size.toBytes(),
                stats.hitCount(),
                stats.missCount(),
                stats.evictionCount());
    }

    /**
     * Forgets every finished translation. Those in flight stay, so that each is still made once; they are kept when they are finished.
     *
     * @return how many were forgotten
     */
    public long clear() {
        long cleared = 0;
        for (Map.Entry<SentenceKey, CompletableFuture<Translation>> entry :
                cache.asMap().entrySet()) {
            if (entry.getValue().isDone() && cache.asMap().remove(entry.getKey(), entry.getValue())) {
                cleared++;
            }
        }
        return cleared;
    }

    /** Two bytes per character, which is the most that a string takes. */
    private static int bytes(SentenceKey key, Translation translation) {
        int bytes = ENTRY_BYTES
                + 2 * key.sentence().length()
                + bytesOf(key.options().constraints());
        for (Translation.Hypothesis hypothesis : translation.hypotheses()) {
            bytes += HYPOTHESIS_BYTES
                    + 2 * hypothesis.text().length()
                    + REFERENCE_BYTES * hypothesis.alignment().size();
        }
        return bytes;
    }

    private static int bytesOf(TranslationConstraints constraints) {
        int bytes = 2 * constraints.prefix().length();
        for (List<String> phrases : List.of(constraints.banned(), constraints.required())) {
            for (String phrase : phrases) {
                bytes += PHRASE_BYTES + 2 * phrase.length();
            }
        }
        return bytes;
    }

    /** Whether {@link #obtain} would find something now. Not counted as a look-up. */
    boolean contains(SentenceKey key) {
        CompletableFuture<Translation> present = cache.asMap().get(key);
        return present != null && !present.isCompletedExceptionally();
    }

    /**
     * The translation that is finished or in flight, otherwise {@code absent}'s, which from then on is in flight for everybody.
     *
     * @param request which from then on waits for it, if it is a sentence in flight
     */
    CompletableFuture<Translation> obtain(SentenceKey key, RequestContext request, Supplier<PendingSentence> absent) {
        while (true) {
            Created created = new Created(absent);
            CompletableFuture<Translation> found = cache.get(key, (missing, executor) -> created.create());
            if (found == created.sentence || isUsable(found, request)) {
                return found;
            }
            // Failed or given up, and not yet removed by whoever completed it; or in a slower lane than this request's.
            cache.asMap().remove(key, found);
        }
    }

    private static boolean isUsable(CompletableFuture<Translation> found, RequestContext request) {
        if (found.isCompletedExceptionally()) {
            return false;
        }
        if (found.isDone() || !(found instanceof PendingSentence pending)) {
            return true;
        }
        if (!pending.join(request)) {
            return false;
        }
        request.waitsFor(pending);
        return true;
    }

    /** Remembers whether the cache asked for a new sentence, and which it got. */
    private static final class Created {
        private final Supplier<PendingSentence> supplier;
        private @Nullable PendingSentence sentence;

        Created(Supplier<PendingSentence> supplier) {
            this.supplier = supplier;
        }

        PendingSentence create() {
            PendingSentence created = supplier.get();
            sentence = created;
            return created;
        }
    }
}
