package dev.dragoman.training.report;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Keeps work that is repeated during a run below a 400th of its time, however long a piece of it takes. */
final class Pace {
    private static final int REST_PER_WORK = 400;

    private final LongSupplier nanoTime;
    private boolean worked;
    private long end;
    private long cost;

    Pace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether it is time again: at least {@code interval} after the last work, and 400 times as long as that took. */
    boolean due(Duration interval) {
        return !worked || nanoTime.getAsLong() - end >= Math.max(interval.toNanos(), REST_PER_WORK * cost);
    }

    /** Works, and takes the time. */
    void work(Runnable work) {
        long begin = nanoTime.getAsLong();
        work.run();
        end = nanoTime.getAsLong();
        cost = end - begin;
        worked = true;
    }
}
