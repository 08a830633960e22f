package dev.dragoman.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks at a server while others load it: asks whether it is ready, as a probe does, and reads its memory and processor time after a time. */
final class ServerWatch implements AutoCloseable {
    private static final long PERIOD_MILLIS = 250;
    /** As if a probe had given up: longer than any. */
    private static final double FAILED_SECONDS = 60;

    private final BenchedServer server;
    private final LoadClient probe;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Double> healthSeconds = Collections.synchronizedList(new ArrayList<>());
    private volatile double residentBefore;
    private volatile double cpuBefore;
    private volatile long since;

    /** @param settlingSeconds after which memory is read for the first time, and health is counted */
    ServerWatch(BenchedServer server, double settlingSeconds) {
        this.server = server;
        probe = new LoadClient(server.port(), 100);
        look();
        long settling = (long) (1000 * settlingSeconds);
        timer.schedule(this::look, settling, TimeUnit.MILLISECONDS);
        timer.scheduleAtFixedRate(this::ask, settling, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        residentBefore = server.residentBytes();
        cpuBefore = server.cpuSeconds();
        since = System.nanoTime();
    }

    /** Processors that the server has kept busy on average since it was looked at. */
    double processors() {
        return (server.cpuSeconds() - cpuBefore) / ((System.nanoTime() - since) * 1e-9);
    }

    private void ask() {
        long begin = System.nanoTime();
        probe.send(
                LoadRequests.get("/readyz"),
                (status, retryAfter, now) -> healthSeconds.add(status == 200 ? (now - begin) * 1e-9 : FAILED_SECONDS));
    }

    double residentBefore() {
        return residentBefore;
    }

    /** Seconds that a share of the probes took at most, those that failed counted as a minute. */
    double healthPercentile(double share) {
        List<Double> sorted = new ArrayList<>(healthSeconds);
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        Collections.sort(sorted);
        return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
    }

    @Override
    public void close() {
        timer.shutdownNow();
        probe.close();
    }
}
