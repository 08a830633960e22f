package dev.dragoman.benchmark;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A time of load, and what the clients saw in it. Latencies are counted from the moment at which a request was to be sent, whether or not the
 * client came to it then; the first part of the time, in which queues fill, is not counted.
 */
final class LoadStage {
    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    /** Longer than any request may take. */
    private static final long LAST_ANSWERS_SECONDS = 90;

    private final double seconds;
    private final double settlingSeconds;
    private final Map<Integer, Long> statuses = new TreeMap<>();
    private final AtomicLong open = new AtomicLong();
    private long begin;
    private long countedFrom;
    private long end;
    private long[] latencies = new long[1 << 16];
    private int answered;
    private long sent;
    private long answeredInTime;
    private long wordsInTime;
    private long refusedWithoutTime;

    /** @param seconds that it lasts, a fifth of which but 10 at most are not counted */
    LoadStage(double seconds) {
        this(seconds, Math.min(10, seconds / 5));
    }

    /** @param settlingSeconds of them that are not counted */
    LoadStage(double seconds, double settlingSeconds) {
        this.seconds = seconds;
        this.settlingSeconds = settlingSeconds;
    }

    /** Sends requests as a Poisson process does, whatever becomes of those before. */
    LoadStage open(LoadClient client, double perSecond, Supplier<byte[]> requests, Random random) {
        begin();
        double due = begin;
        while (true) {
            due += -Math.log(1 - random.nextDouble()) / perSecond * 1e9;
            long intended = (long) due;
            if (intended >= end) {
                return await();
            }
            for (long left = intended - System.nanoTime(); left > 0; left = intended - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            send(client, requests.get(), intended);
        }
    }

    private void send(LoadClient client, byte[] request, long intended) {
        open.incrementAndGet();
        client.send(request, (status, retryAfter, now) -> {
            record(request, intended, status, retryAfter, now);
            open.decrementAndGet();
        });
    }

    /** Keeps so many clients busy, each of which sends its next request when it has its answer. */
    LoadStage closed(LoadClient client, int clients, Supplier<byte[]> requests) {
        begin();
        for (int i = 0; i < clients; i++) {
            open.incrementAndGet();
            again(client, requests);
        }
        return await();
    }

    private void again(LoadClient client, Supplier<byte[]> requests) {
        long intended = System.nanoTime();
        if (intended >= end) {
            open.decrementAndGet();
            return;
        }
        byte[] request = requests.get();
        client.send(request, (status, retryAfter, now) -> {
            record(request, intended, status, retryAfter, now);
            again(client, requests);
        });
    }

    private void begin() {
        begin = System.nanoTime();
        countedFrom = begin + (long) (settlingSeconds * 1e9);
        end = begin + (long) (seconds * 1e9);
    }

    /** Waits for the last answers. */
    private LoadStage await() {
        long latest = end + TimeUnit.SECONDS.toNanos(LAST_ANSWERS_SECONDS);
        while (System.nanoTime() < end || open.get() > 0) {
            if (System.nanoTime() > latest) {
                throw new BenchmarkException(
                        open + " requests had no answer after " + LAST_ANSWERS_SECONDS + " seconds");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return this;
    }

    private synchronized void record(byte[] request, long intended, int status, @Nullable String retryAfter, long now) {
        if (status == OK && now >= countedFrom && now < end) {
            answeredInTime++;
            wordsInTime += LoadRequests.words(request);
        }
        if (intended < countedFrom) {
            return;
        }
        sent++;
        statuses.merge(status, 1L, Long::sum);
        if (status == OK) {
            if (answered == latencies.length) {
                latencies = Arrays.copyOf(latencies, 2 * answered);
            }
            latencies[answered++] = now - intended;
        } else if (status == TOO_MANY && retryAfter == null) {
            refusedWithoutTime++;
        }
    }

    /** How long is counted. */
    double countedSeconds() {
        return seconds - settlingSeconds;
    }

    /** Seconds from its begin to what is counted. */
    double settlingSeconds() {
        return settlingSeconds;
    }

    /** Requests sent, all of which have been answered or have failed. */
    synchronized long sent() {
        return sent;
    }

    /** Answers of status 200 that arrived a second. */
    synchronized double throughput() {
        return answeredInTime / countedSeconds();
    }

    /** Words of the sentences whose answers arrived, on average; not a number if there were none. */
    synchronized double words() {
        return (double) wordsInTime / answeredInTime;
    }

    /** Answers of status 200 that took no longer, a second. */
    synchronized double goodput(double withinSeconds) {
        return within(withinSeconds) / countedSeconds();
    }

    /** The share of all requests that were answered with status 200 and took no longer. */
    synchronized double share(double withinSeconds) {
        return sent == 0 ? 0 : (double) within(withinSeconds) / sent;
    }

    private long within(double withinSeconds) {
        long limit = (long) (withinSeconds * 1e9);
        long count = 0;
        for (int i = 0; i < answered; i++) {
            count += latencies[i] <= limit ? 1 : 0;
        }
        return count;
    }

    /** Seconds that a share of the answers of status 200 took at most; not a number if there were none. */
    synchronized double percentile(double share) {
        if (answered == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(latencies, answered);
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(share * answered) - 1)] * 1e-9;
    }

    /** Requests by status, those of {@link LoadClient} among them. */
    synchronized Map<Integer, Long> statuses() {
        return new TreeMap<>(statuses);
    }

    /** Refusals with 429 that did not say when to come back. */
    synchronized long refusedWithoutTime() {
        return refusedWithoutTime;
    }
}
