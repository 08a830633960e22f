package dev.dragoman.app.sentences;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Requests that did not fit into the queue and wait a moment for room, first come, first served. Their tokens are bounded too.
 *
 * <p>Plain state under the scheduler's lock, but for the futures, which whoever holds one may give up at any time.
 */
final class HeldRequests {
    private record Held(int tokens, CompletableFuture<Void> admitted) {}

    private final int capacity;
    private final Deque<Held> waiting = new ArrayDeque<>();
    private int tokens;

    /** @param capacity most tokens that may be held */
    HeldRequests(int capacity) {
        this.capacity = capacity;
    }

    /** How many are held, given up or not. */
    int size() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether a request may wait. */
    boolean hasRoom(int requested) {
        forget();
        return requested <= capacity - tokens;
    }

    void add(int requested, CompletableFuture<Void> admitted) {
        waiting.addLast(new Held(requested, admitted));
        tokens += requested;
    }

    /** Drops those that have been given up. */
    private void forget() {
        waiting.removeIf(held -> {
            if (held.admitted().isDone()) {
                tokens -= held.tokens();
                return true;
            }
            return false;
        });
    }

    /**
     * Takes those out, in order, that there is room for now; for each room is reserved.
     *
     * @return those to be completed outside the lock; room has to be returned for one that was given up meanwhile
     */
    List<Admitted> admit(SentenceQueue queue) {
        forget();
        List<Admitted> admitted = new ArrayList<>();
        while (!waiting.isEmpty() && queue.reserve(waiting.getFirst().tokens())) {
            Held held = waiting.removeFirst();
            tokens -= held.tokens();
            admitted.add(new Admitted(held.tokens(), held.admitted()));
        }
        return admitted;
    }

    /**
     * A request that may go on.
     *
     * @param tokens reserved for it
     */
    record Admitted(int tokens, CompletableFuture<Void> future) {}
}
