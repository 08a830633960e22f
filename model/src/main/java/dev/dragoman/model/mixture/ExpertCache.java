package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDList;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The experts of all layers that are on a device now, as many as fit; which stay is W-TinyLFU's choice, by how often they are chosen.
 *
 * <p>Experts in use stay open, even if they are evicted meanwhile. So that these do not add up, batches together may use only so many at a
 * time: {@link #mostAtOnce}. Safe for use by many threads; the owner closes the cache after the last batch.
 */
final class ExpertCache implements AutoCloseable {
    private record Key(int layer, int expert) {}

    private final long limit;
    private final long bytesPerExpert;
    private final int mostAtOnce;
    private final Semaphore uses;
    private final AtomicLong resident = new AtomicLong();
    private final Cache<Key, ResidentExpert> cache;

    /**
     * @param limit bytes that stay on the device
     * @param bytesPerExpert of the largest expert
     */
    ExpertCache(long limit, long bytesPerExpert) {
        this.limit = limit;
        this.bytesPerExpert = bytesPerExpert;
        mostAtOnce = (int) Math.max(1, Math.min(Integer.MAX_VALUE, limit / 4 / bytesPerExpert));
        uses = new Semaphore(mostAtOnce);
        cache = Caffeine.newBuilder()
                .maximumWeight(limit)
                .weigher((Key key, ResidentExpert expert) -> (int) Math.min(Integer.MAX_VALUE, bytesPerExpert))
                .removalListener(ExpertCache::letGo)
                // Evicted by whoever put something in, not later by another thread.
                .executor(Runnable::run)
                .recordStats()
                .build();
    }

    private static void letGo(@Nullable Key key, @Nullable ResidentExpert expert, RemovalCause cause) {
        if (expert != null) {
            expert.release();
        }
    }

    /** The most experts that may be in use at a time: a quarter of what the cache holds, or one. */
    int mostAtOnce() {
        return mostAtOnce;
    }

    /** Experts that cannot be freed until this is closed. */
    final class InUse implements AutoCloseable {
        private final List<ResidentExpert> experts = new ArrayList<>();
        private final int permits;

        private InUse(int permits) {
            this.permits = permits;
            uses.acquireUninterruptibly(permits);
        }

        /** In the order in which they were asked for. */
        List<ResidentExpert> experts() {
            return experts;
        }

        @Override
        public void close() {
            experts.forEach(ResidentExpert::release);
            uses.release(permits);
        }
    }

    /**
     * Looks experts up and copies those that are missing; waits while others use too many.
     *
     * @param layer number of the layer
     * @param experts at most {@link #mostAtOnce}
     * @param copy copies an expert to the device: its matrices and scales, which the cache closes
     */
    InUse use(int layer, int[] experts, IntFunction<NDList> copy) {
        InUse inUse = new InUse(experts.length);
        try {
            for (int expert : experts) {
                inUse.experts.add(held(new Key(layer, expert), copy));
            }
            return inUse;
        } catch (RuntimeException | Error e) {
            inUse.close();
            throw e;
        }
    }

    private ResidentExpert held(Key key, IntFunction<NDList> copy) {
        while (true) {
            boolean[] copied = {false};
            ResidentExpert expert = cache.get(key, missing -> {
                NDList arrays = copy.apply(missing.expert());
                resident.addAndGet(bytesPerExpert);
                copied[0] = true;
                return new ResidentExpert(arrays, () -> resident.addAndGet(-bytesPerExpert));
            });
            // One that was found may have been evicted since, and even freed; one that was copied is held from the
            // start.
            if (copied[0] || expert.hold()) {
                return expert;
            }
        }
    }

    ExpertCacheStatistics statistics() {
        CacheStats stats = cache.stats();
        return new ExpertCacheStatistics(
                stats.hitCount(), stats.missCount(), stats.evictionCount(), resident.get(), limit);
    }

    /** Frees all experts. */
    @Override
    public void close() {
        cache.invalidateAll();
        cache.cleanUp();
    }
}
