package dev.dragoman.app.sentences;

import java.time.Duration;

/** How fast a model has been of late, to tell refused callers when to come back. */
final class Throughput {
    /** Share of the newest batch in the average: some ten batches are remembered. */
    private static final double NEWEST = 0.1;

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    /** Longer waits say nothing: by then the load is another. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private double tokensPerSecond;

    synchronized void record(int tokens, long nanos) {
        double newest = tokens / Math.max(nanos / 1e9, 1e-6);
        tokensPerSecond = tokensPerSecond == 0 ? newest : tokensPerSecond + NEWEST * (newest - tokensPerSecond);
    }

    /** Time for {@code tokens}, in whole seconds from 1 to 60; 1 before anything was measured. */
    synchronized Duration timeFor(int tokens) {
        if (tokensPerSecond == 0) {
            return SHORTEST;
        }
        Duration time = Duration.ofSeconds((long) Math.ceil(tokens / tokensPerSecond));
        return time.compareTo(SHORTEST) < 0 ? SHORTEST : time.compareTo(LONGEST) > 0 ? LONGEST : time;
    }
}
