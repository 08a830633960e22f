package dev.dragoman.app.sentences;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.inference.Translation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A sentence that waits for its translation, or is being translated, on behalf of one or more requests.
 *
 * <p>It is kept as long as one of them still waits: each request that joins moves the deadline to the latest of all.
 */
final class PendingSentence extends CompletableFuture<Translation> {
    private enum State {
        WAITING,
        TAKEN,
        EXPIRED
    }

    private final SentenceKey key;
    private final int tokens;
    private final long submitted;
    private Deadline deadline;
    private State state = State.WAITING;
    private long begun;
    private long encoded;

    /**
     * @param tokens source tokens of the sentence
     * @param submitted reading of the ticker now
     */
    PendingSentence(SentenceKey key, int tokens, long submitted, Deadline deadline) {
        this.key = key;
        this.tokens = tokens;
        this.submitted = submitted;
        this.deadline = deadline;
    }

    SentenceKey key() {
        return key;
    }

    int tokens() {
        return tokens;
    }

    long submitted() {
        return submitted;
    }

    /** Waits for it with another request. False if it came too late and the sentence will not be translated. */
    synchronized boolean join(Deadline other) {
        deadline = deadline.latest(other);
        return state != State.EXPIRED;
    }

    /** Claims it for a batch. False if nobody waits any more; the caller then calls {@link #expire}. */
    synchronized boolean take(long now) {
        state = deadline.isPassed(now) ? State.EXPIRED : State.TAKEN;
        begun = now;
        encoded = now;
        return state == State.TAKEN;
    }

    /** Notes that the network has read it. */
    synchronized void encoded(long now) {
        encoded = now;
    }

    /** When it was claimed. */
    synchronized long begun() {
        return begun;
    }

    /** When the network had read it; when it was claimed where that was not told. */
    synchronized long encoded() {
        return encoded;
    }

    /** Tells whoever still listens. Not to be called under a lock: it runs their code. */
    void expire() {
        completeExceptionally(new ServiceException.DeadlinePassed(allowed()));
    }

    private synchronized Duration allowed() {
        return deadline.allowed();
    }
}
