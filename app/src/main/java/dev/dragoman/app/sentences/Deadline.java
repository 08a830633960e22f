package dev.dragoman.app.sentences;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;

/**
 * The point in time at which a request stops waiting.
 *
 * @param nanos reading of the ticker at that point
 * @param allowed the whole time that the request had
 */
public record Deadline(long nanos, Duration allowed) {
    /** The point {@code allowed} from now. */
    public static Deadline after(Duration allowed, Ticker ticker) {
        return new Deadline(ticker.read() + allowed.toNanos(), allowed);
    }

    boolean isPassed(long now) {
        return now - nanos >= 0;
    }

    Deadline latest(Deadline other) {
        return other.nanos - nanos > 0 ? other : this;
    }
}
