package dev.dragoman.app.sentences;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.inference.Translation;
import java.util.concurrent.CompletableFuture;

/**
 * A sentence that waits for its translation, or is being translated, on behalf of one or more requests.
 *
 * <p>It is kept as long as one of them still waits and the latest of their deadlines has not passed.
 */
final class PendingSentence extends CompletableFuture<Translation> {
    private enum State {
        WAITING,
        TAKEN,
        DROPPED
    }

    private final SentenceKey key;
    private final int tokens;
    private final long submitted;
    private final Lane lane;
    private Deadline deadline;
    private State state = State.WAITING;
    private int waiters = 1;
    private Cancellation cancellation = Cancellation.DEADLINE;
    private long begun;
    private long encoded;

    /**
     * @param tokens source tokens of the sentence
     * @param submitted reading of the ticker now
     * @param request the first that waits for it
     */
    PendingSentence(SentenceKey key, int tokens, long submitted, RequestContext request) {
        this.key = key;
        this.tokens = tokens;
        this.submitted = submitted;
        this.lane = request.lane();
        this.deadline = request.deadline();
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

    Lane lane() {
        return lane;
    }

    /**
     * Waits for it with another request. False if that is too late, since the sentence will not be translated, or if it waits in a later
     * lane than the request's.
     */
    synchronized boolean join(RequestContext request) {
        boolean tooSlow = state == State.WAITING && request.lane().compareTo(lane) < 0;
        if (state == State.DROPPED || tooSlow) {
            return false;
        }
        deadline = deadline.latest(request.deadline());
        waiters++;
        return true;
    }

    /** One request less waits for it. */
    synchronized void leave(Cancellation why) {
        waiters--;
        if (waiters == 0) {
            cancellation = why;
        }
    }

    /** Nanoseconds until the latest deadline of those who wait for it; negative when that has passed. */
    synchronized long nanosLeft(long now) {
        return deadline.nanos() - now;
    }

    /**
     * Claims it for a decoder.
     *
     * @param needed nanoseconds that the decoder will take for it
     * @return false if nobody waits any more, or not long enough; the caller then calls {@link #expire}
     */
    synchronized boolean take(long now, long needed) {
        if (dropIfUnwanted(now) || dropIfUnwanted(now + needed)) {
            return false;
        }
        state = State.TAKEN;
        begun = now;
        encoded = now;
        return true;
    }

    /** Gives it up if nobody waits any more; the caller then calls {@link #expire}. */
    synchronized boolean dropIfUnwanted(long now) {
        if (waiters > 0 && deadline.isPassed(now)) {
            cancellation = Cancellation.DEADLINE;
        } else if (waiters > 0) {
            return false;
        }
        state = State.DROPPED;
        return true;
    }

    /** Why it was dropped. */
    synchronized Cancellation cancellation() {
        return cancellation;
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
        completeExceptionally(why());
    }

    private synchronized ServiceException why() {
        return cancellation == Cancellation.DEADLINE
                ? new ServiceException.DeadlinePassed(deadline.allowed())
                : new ServiceException.Cancelled();
    }
}
