package dev.dragoman.app.sentences;

import java.time.Duration;

/** How fast a model drains its queue of late, to tell refused callers when to come back. Time without work does not count. */
final class Throughput {
    /** How far back it remembers, in time at work. */
    private static final double MEMORY_NANOS = 5e9;

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    /** Longer waits say nothing: by then the load is another. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final int workers;
    private double tokens;
    private double nanos;

    /** @param workers how many work at the same time */
    Throughput(int workers) {
        this.workers = workers;
    }

    /**
     * A worker has worked.
     *
     * @param finished source tokens of the sentences that it finished, often 0
     */
    synchronized void record(int finished, long worked) {
        double kept = Math.exp(-worked / MEMORY_NANOS);
        tokens = kept * tokens + finished;
        nanos = kept * nanos + worked;
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
