package dev.dragoman.training.preparation;

import java.util.Locale;
import java.util.function.Consumer;

/** Says every few seconds how far a step has come and how fast it goes. Confined to one thread. */
final class ProgressLog {
    private static final long INTERVAL = 10_000_000_000L;

    private final Consumer<String> log;
    private final String step;
    private final String unit;
    private final long begin = System.nanoTime();
    private long next = begin + INTERVAL;

    /**
     * Of a step that begins now.
     *
     * @param unit what is counted, in the plural
     */
    ProgressLog(Consumer<String> log, String step, String unit) {
        this.log = log;
        this.step = step;
        this.unit = unit;
    }

    /** Takes notice of how many there are so far. */
    void at(long count) {
        if (System.nanoTime() >= next) {
            log.accept(String.format(Locale.ROOT, "%s: %,d %s, %,.0f/s", step, count, unit, count / seconds()));
            next = System.nanoTime() + INTERVAL;
        }
    }

    /** Says how many there were. */
    void end(long count, String result) {
        log.accept(String.format(
                Locale.ROOT,
                "%s: %,d %s in %.1f s, %,.0f/s%s",
                step,
                count,
                unit,
                seconds(),
                count / seconds(),
                result));
    }

    private double seconds() {
        return Math.max(1e-9, (System.nanoTime() - begin) / 1e9);
    }
}
