package dev.dragoman.app.security;

import dev.dragoman.app.security.KeyRepository.Usage;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one key uses: its rate in a token bucket of this process, its characters as they are stored plus what was not written yet.
 *
 * <p>The bucket is not stored: it is full again after a minute anyway.
 */
final class KeyUse {
    private final @Nullable Bucket rate;
    private final @Nullable Long charactersPerMonth;

    private String month = "";
    private Usage stored = Usage.NONE;
    private final Map<String, Usage> pending = new HashMap<>();

    KeyUse(ApiKey key, TimeMeter time) {
        charactersPerMonth = key.charactersPerMonth();
        Integer perMinute = key.requestsPerMinute();
        rate = perMinute == null
                ? null
                : Bucket.builder()
                        .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, Duration.ofMinutes(1)))
                        .withCustomTimePrecision(time)
                        .build();
    }

    /** Counts a request; the answer is how long to wait where there were too many, else zero. */
    Duration request(String now) {
        if (rate != null) {
            var probe = rate.tryConsumeAndReturnRemaining(1);
            if (!probe.isConsumed()) {
                return Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill()));
            }
        }
        add(now, 1, 0);
        return Duration.ZERO;
    }

    /** Counts characters, unless they are more than what is left of the month. */
    synchronized boolean reserve(String now, long characters) {
        if (charactersPerMonth != null && characters > charactersPerMonth - characters(now)) {
            return false;
        }
        add(now, 0, characters);
        return true;
    }

    /** Takes back what was not translated in the end. */
    void refund(String now, long characters) {
        add(now, 0, -characters);
    }

    synchronized long characters(String now) {
        return (month.equals(now) ? stored.characters() : 0)
                + pending.getOrDefault(now, Usage.NONE).characters();
    }

    private synchronized void add(String now, long requests, long characters) {
        pending.merge(now, new Usage(requests, characters), KeyUse::sum);
    }

    private static Usage sum(Usage a, Usage b) {
        return new Usage(a.requests() + b.requests(), a.characters() + b.characters());
    }

    /** By month, what has to be written. */
    synchronized Map<String, Usage> pending() {
        return Map.copyOf(pending);
    }

    /**
     * Forgets what was written.
     *
     * @param written an earlier {@link #pending}
     * @param all what is stored of a month now, by all servers
     */
    synchronized void settle(Map<String, Usage> written, String now, Usage all) {
        written.forEach(
                (of, usage) -> pending.merge(of, new Usage(-usage.requests(), -usage.characters()), KeyUse::sum));
        pending.values().removeIf(Usage.NONE::equals);
        month = now;
        stored = all;
    }
}
