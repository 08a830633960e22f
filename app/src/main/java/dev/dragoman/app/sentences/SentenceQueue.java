package dev.dragoman.app.sentences;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * The sentences that wait for one model: plain state without clock, lock or thread.
 *
 * <p>Its size is measured in source tokens and bounded. Admission is all or nothing: a request reserves room for everything that it
 * will add, before anything of it is visible to others.
 *
 * <p>Requests take turns, sentence by sentence, so that a single sentence waits for one batch and not for the long document that came
 * before it.
 */
final class SentenceQueue {
    /**
     * What {@link #nextBatch} hands out.
     *
     * @param sentences taken, all of one pair and with the same options
     * @param expired those that nobody waits for any more; the caller expires them outside its lock
     */
    record Batch(List<PendingSentence> sentences, List<PendingSentence> expired) {}

    private final int capacity;
    private final int batchTokens;
    private final int batchSentences;
    private final Deque<Deque<PendingSentence>> submissions = new ArrayDeque<>();
    private int tokens;
    private int sentences;

    /**
     * @param capacity most tokens that may wait
     * @param batchTokens budget of a batch: its sentences times the tokens of the longest
     * @param batchSentences most sentences of a batch
     */
    SentenceQueue(int capacity, int batchTokens, int batchSentences) {
        this.capacity = capacity;
        this.batchTokens = batchTokens;
        this.batchSentences = batchSentences;
    }

    int capacity() {
        return capacity;
    }

    /** Tokens that wait or are reserved. */
    int tokens() {
        return tokens;
    }

    boolean isEmpty() {
        return submissions.isEmpty();
    }

    /** Keeps room for {@code count} tokens. False, and nothing kept, if there is not that much. */
    boolean reserve(int count) {
        if (count > capacity - tokens) {
            return false;
        }
        tokens += count;
        return true;
    }

    /** Adds a request's sentences and returns what it reserved. Both may differ a little, when others were faster or a cache forgot. */
    void add(Collection<PendingSentence> submission, int reserved) {
        tokens -= reserved;
        for (PendingSentence sentence : submission) {
            tokens += sentence.tokens();
        }
        sentences += submission.size();
        if (!submission.isEmpty()) {
            submissions.addLast(new ArrayDeque<>(submission));
        }
    }

    /**
     * Takes what can be decoded together, at least one sentence if any is still waited for: the sentence whose turn it is, however
     * long, and with it as many of the same pair and options as fit the budget.
     *
     * @param now reading of the ticker
     * @param idleWorkers workers without a batch, the caller's included: what waits is divided between them
     */
    Batch nextBatch(long now, int idleWorkers) {
        int share = Math.min(batchSentences, (sentences + idleWorkers - 1) / idleWorkers);
        List<PendingSentence> batch = new ArrayList<>();
        List<PendingSentence> expired = new ArrayList<>();
        Deque<Deque<PendingSentence>> passedOver = new ArrayDeque<>();
        int longest = 0;
        while (!submissions.isEmpty()) {
            Deque<PendingSentence> submission = submissions.removeFirst();
            PendingSentence next = submission.getFirst();
            if (!batch.isEmpty() && !next.key().isBatchableWith(batch.get(0).key())) {
                passedOver.addFirst(submission);
                continue;
            }
            if (!batch.isEmpty()
                    && (batch.size() == share || !fits(batch.size() + 1, Math.max(longest, next.tokens())))) {
                submissions.addFirst(submission);
                break;
            }
            submission.removeFirst();
            tokens -= next.tokens();
            sentences--;
            if (next.take(now)) {
                batch.add(next);
                longest = Math.max(longest, next.tokens());
            } else {
                expired.add(next);
            }
            if (!submission.isEmpty()) {
                submissions.addLast(submission);
            }
        }
        // Whoever was passed over for another pair is first in line for the next batch.
        passedOver.forEach(submissions::addFirst);
        return new Batch(batch, expired);
    }

    private boolean fits(int count, int longest) {
        return (long) count * longest <= batchTokens;
    }

    /** Takes everything out, for whoever gives up. */
    List<PendingSentence> removeAll() {
        List<PendingSentence> all = new ArrayList<>();
        submissions.forEach(all::addAll);
        submissions.clear();
        sentences = 0;
        all.forEach(sentence -> tokens -= sentence.tokens());
        return all;
    }
}
