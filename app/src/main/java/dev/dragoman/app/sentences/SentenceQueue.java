package dev.dragoman.app.sentences;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sentences that wait for one model: plain state without clock, lock or thread.
 *
 * <p>Its size is measured in source tokens and bounded. Admission is all or nothing: a request reserves room for everything that it
 * will add, before anything of it is visible to others.
 */
final class SentenceQueue {
    private final int capacity;
    private final Map<Lane, FairQueue> lanes = new EnumMap<>(Lane.class);
    private int tokens;

    /** @param capacity most tokens that may wait */
    SentenceQueue(int capacity) {
        this.capacity = capacity;
        for (Lane lane : Lane.values()) {
            lanes.put(lane, new FairQueue());
        }
    }

    private FairQueue lane(Lane lane) {
        FairQueue queue = lanes.get(lane);
        if (queue == null) {
            throw new AssertionError(lane);
        }
        return queue;
    }

    int capacity() {
        return capacity;
    }

    /** Tokens that wait or are reserved. */
    int tokens() {
        return tokens;
    }

    int sentences(Lane lane) {
        return lane(lane).sentences();
    }

    int sentences() {
        int sum = 0;
        for (Lane lane : Lane.values()) {
            sum += sentences(lane);
        }
        return sum;
    }

    boolean isEmpty() {
        return sentences() == 0;
    }

    /** Tokens that would be taken before the last of {@code count} that a request adds now, at least. */
    int ahead(RequestContext request, int count) {
        return lane(request.lane()).ahead(request.client(), count);
    }

    /** Keeps room for {@code count} tokens. False, and nothing kept, if there is not that much. */
    boolean reserve(int count) {
        if (count > capacity - tokens) {
            return false;
        }
        tokens += count;
        return true;
    }

    /** Gives reserved room back. */
    void release(int count) {
        tokens -= count;
    }

    /** Adds a request's sentences and returns what it reserved. Both may differ a little, when others were faster or a cache forgot. */
    void add(RequestContext request, Collection<PendingSentence> sentences, int reserved) {
        tokens -= reserved;
        for (PendingSentence sentence : sentences) {
            tokens += sentence.tokens();
        }
        lane(request.lane()).add(request, sentences);
    }

    /** Takes the sentence of a lane whose turn it is among those that fit, or null. */
    @Nullable
    PendingSentence poll(Lane lane, Predicate<PendingSentence> fits) {
        PendingSentence sentence = lane(lane).poll(fits);
        if (sentence != null) {
            tokens -= sentence.tokens();
        }
        return sentence;
    }

    /** Takes out those that nobody waits for any more; the caller expires them outside its lock. */
    List<PendingSentence> removeUnwanted(long now) {
        return removeIf(sentence -> sentence.dropIfUnwanted(now));
    }

    /** Takes everything out, for whoever gives up. */
    List<PendingSentence> removeAll() {
        return removeIf(sentence -> true);
    }

    private List<PendingSentence> removeIf(Predicate<PendingSentence> out) {
        List<PendingSentence> removed = new ArrayList<>();
        for (FairQueue lane : lanes.values()) {
            removed.addAll(lane.removeIf(out));
        }
        removed.forEach(sentence -> tokens -= sentence.tokens());
        return removed;
    }
}
