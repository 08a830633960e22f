package dev.dragoman.app.sentences;

import java.time.Duration;

/**
 * How fast a model works of late: how it drains its queue, to tell refused callers when to come back, and how long its decoders take for a
 * sentence, to see whether one can be ready in time. Time without work does not count.
 */
final class Throughput {
    /** How far back it remembers, in time at work. */
    private static final double MEMORY_NANOS = 5e9;

    /** Of the steps that a source token takes, what the last sentence counts. */
    private static final double LAST_SENTENCE = 0.02;

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    /** Longer waits say nothing: by then the load is another. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final int workers;
    private double tokens;
    private double nanos;
    private final StepTimes steps = new StepTimes();
    private double stepsPerToken = 1;

    /** @param workers how many work at the same time */
    Throughput(int workers) {
        this.workers = workers;
    }

    /**
     * A worker has made a step.
     *
     * @param sentences that were in
     * @param finished source tokens of those that it finished, often 0
     */
    synchronized void record(int sentences, int finished, long worked) {
        double kept = Math.exp(-worked / MEMORY_NANOS);
        tokens = kept * tokens + finished;
        nanos = kept * nanos + worked;
        steps.record(sentences, worked);
    }

    /** A sentence of so many source tokens has taken so many steps. */
    synchronized void recordSteps(int source, int taken) {
        stepsPerToken += LAST_SENTENCE * ((double) taken / Math.max(1, source) - stepsPerToken);
    }

    /** Steps that a sentence of so many source tokens takes, the one that reads it included. */
    synchronized double stepsFor(int source) {
        return 1 + stepsPerToken * source;
    }

    /** Nanoseconds of a step of so many sentences; 0 before anything was measured. */
    synchronized double stepNanos(int sentences) {
        return steps.of(sentences);
    }

    /** Nanoseconds until {@code waiting} tokens are drained; 0 before anything was measured. */
    synchronized long nanosFor(int waiting) {
        return tokens == 0 ? 0 : (long) (waiting / (workers * tokens) * nanos);
    }

    /**
     * Nanoseconds in a decoder of a sentence of so many source tokens; 0 before anything was measured.
     *
     * @param sentences in the decoder, that one among them
     */
    synchronized long decodingNanos(int source, int sentences) {
        return (long) (stepsFor(source) * steps.of(sentences));
    }

    /** Time for {@code waiting} tokens, in whole seconds from 1 to 60; 1 before anything was measured. */
    synchronized Duration timeFor(int waiting) {
        if (tokens == 0) {
            return SHORTEST;
        }
        double perSecond = workers * tokens / Math.max(nanos / 1e9, 1e-6);
        Duration time = Duration.ofSeconds((long) Math.ceil(waiting / perSecond));
        return time.compareTo(SHORTEST) < 0 ? SHORTEST : time.compareTo(LONGEST) > 0 ? LONGEST : time;
    }
}
