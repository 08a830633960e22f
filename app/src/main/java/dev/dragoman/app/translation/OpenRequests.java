package dev.dragoman.app.translation;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.errors.ServiceException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * Bounds the requests that wait for their translations, whatever model and however few tokens: each keeps the web server's buffers, and the
 * queue has room for more short texts than the heap has for their requests. One more is refused.
 *
 * <p>Measures how fast requests end, to tell who is refused when there will be room.
 */
final class OpenRequests {
    /** Of the heap; the rest is for models, the cache and what requests bring. */
    private static final double HEAP_SHARE = 0.4;

    /** What a waiting request keeps besides the buffer for its headers, by histograms of a server with thousands of them. */
    private static final long REQUEST_BYTES = 136 << 10;

    /** How far back it remembers how many have ended. */
    private static final double MEMORY_NANOS = 5e9;

    private static final long LONGEST_SECONDS = 60;

    private final int most;
    private final Ticker ticker;
    private final Counter rejections;
    private int open;
    /** Of late; older ones count less. */
    private double ended;

    private long lastEnd;

    /** @param most how many are let in, at least 1 */
    OpenRequests(int most, Ticker ticker, MeterRegistry meters) {
        this.most = most;
        this.ticker = ticker;
        this.rejections = meters.counter("translation.rejections", "model", "all", "reason", "too-many-requests");
        this.lastEnd = ticker.read();
    }

    /**
     * How many requests a heap has room for.
     *
     * @param heapBytes the most that it can be
     * @param headerBytes the most that a request's headers may take
     */
    static int room(long heapBytes, long headerBytes) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, HEAP_SHARE * heapBytes / (REQUEST_BYTES + headerBytes)));
    }

    /**
     * Lets a request in until it ends.
     *
     * @throws ServiceException.Overloaded if there are too many
     */
    void enter(RequestOrigin origin) {
        synchronized (this) {
            if (open >= most) {
                rejections.increment();
                throw new ServiceException.Overloaded(retryAfter());
            }
            open++;
        }
        origin.onEnd(this::leave);
    }

    private synchronized void leave() {
        open--;
        ended = 1 + remembered();
        lastEnd = ticker.read();
    }

    private double remembered() {
        return ended * Math.exp((lastEnd - ticker.read()) / MEMORY_NANOS);
    }

    /** Until those that are open have ended as fast as others did of late. */
    private Duration retryAfter() {
        double perSecond = remembered() * 1e9 / MEMORY_NANOS;
        double seconds = Math.ceil(open / Math.max(perSecond, 1e-3));
        return Duration.ofSeconds((long) Math.max(1, Math.min(LONGEST_SECONDS, seconds)));
    }
}
