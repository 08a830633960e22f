package dev.dragoman.app.models;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Knows which requests are under way, by the time they began, so that a model is closed only when the last request that may have seen
 * it has ended.
 *
 * <p>Requests are counted per epoch. Taking models out of service first hides them and then begins a new epoch: requests of the new one
 * cannot find them, and when those of all earlier ones have ended nobody uses them. A request costs two short locks, and the number of
 * requests that follow does not delay the end of an epoch.
 */
public final class ModelUse {
    private Epoch current = new Epoch(CompletableFuture.completedFuture(null));

    /** A request that is under way. */
    public static final class Lease {
        private final ModelUse use;
        private final Epoch epoch;
        private final AtomicBoolean ended = new AtomicBoolean();

        private Lease(ModelUse use, Epoch epoch) {
            this.use = use;
            this.epoch = epoch;
        }

        /** Says that the request is over. Saying it again does nothing. */
        public void end() {
            if (ended.compareAndSet(false, true)) {
                use.leave(epoch);
            }
        }
    }

    private static final class Epoch {
        private final CompletableFuture<Void> mine = new CompletableFuture<>();
        private final CompletableFuture<Void> allSoFar;
        private long requests;
        private boolean over;

        Epoch(CompletableFuture<Void> before) {
            allSoFar = before.thenCombine(mine, (earlier, own) -> own);
        }
    }

    /** Says that a request begins, before it looks for a model. */
    public synchronized Lease begin() {
        current.requests++;
        return new Lease(this, current);
    }

    /**
     * Begins a new epoch.
     *
     * @return completes when every request that began before has ended
     */
    CompletableFuture<Void> turn() {
        Epoch old;
        boolean unused;
        synchronized (this) {
            old = current;
            old.over = true;
            unused = old.requests == 0;
            current = new Epoch(old.allSoFar);
        }
        if (unused) {
            old.mine.complete(null);
        }
        return old.allSoFar;
    }

    private void leave(Epoch epoch) {
        boolean last;
        synchronized (this) {
            epoch.requests--;
            last = epoch.over && epoch.requests == 0;
        }
        if (last) {
            // Outside the lock: it wakes whoever waits.
            epoch.mine.complete(null);
        }
    }
}
