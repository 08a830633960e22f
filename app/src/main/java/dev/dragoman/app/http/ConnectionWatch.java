package dev.dragoman.app.http;

import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that clients hang up while their requests are being worked on.
 *
 * <p>A servlet container notices it when it reads or writes, and while a request waits for its translation it does neither; the servlet
 * API has nothing to ask. Linux knows, and tells in {@code /proc}: a connection whose other end has closed is looked up there, a few times
 * a second while requests wait. Elsewhere a client's going is noticed when its answer is written. A client that closes only its sending
 * side looks the same, and is treated so.
 */
final class ConnectionWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConnectionWatch.class);
    private static final long PERIOD_MILLIS = 250;
    /** After a look it rests for so many times as long as that took: a long table must not cost a busy server what it works with. */
    private static final long REST = 25;

    private static final class Watched {
        final int localPort;
        final int remotePort;
        final Runnable hangUp;
        /** How often in a row it was not listed. */
        int missing;

        Watched(int localPort, int remotePort, Runnable hangUp) {
            this.localPort = localPort;
            this.remotePort = remotePort;
            this.hangUp = hangUp;
        }
    }

    /** A connection that was reset is listed no more. Once may be chance, since the list is not read in one piece. */
    private static final int GONE_AFTER = 2;

    /** Whether the list has had any connection of ours: on a system that hides them, missing ones say nothing. */
    private boolean isListed;

    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "connection-watch");
        thread.setDaemon(true);
        return thread;
    });

    ConnectionWatch() {
        if (ConnectionTable.isSupported()) {
            timer.schedule(this::lookAgain, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Watches a request's connection.
     *
     * @param hangUp runs on a thread of its own, at most once
     * @return to be run when the request is answered
     */
    Runnable watch(int localPort, int remotePort, Runnable hangUp) {
        Watched one = new Watched(localPort, remotePort, hangUp);
        watched.add(one);
        return () -> watched.remove(one);
    }

    private void lookAgain() {
        long begin = System.nanoTime();
        look();
        long rest = Math.max(TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS), REST * (System.nanoTime() - begin));
        if (!timer.isShutdown()) {
            timer.schedule(this::lookAgain, rest, TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        if (watched.isEmpty()) {
            return;
        }
        try {
            look(ConnectionTable.read());
        } catch (IOException | RuntimeException unreadable) {
            log.debug("The table of connections cannot be read", unreadable);
        }
    }

    /** Tells those whose connection is no longer open. */
    void look(ConnectionTable table) {
        for (Watched one : watched) {
            isListed |= table.state(one.localPort, one.remotePort) != ConnectionTable.State.UNKNOWN;
        }
        for (Iterator<Watched> each = watched.iterator(); each.hasNext(); ) {
            Watched one = each.next();
            if (isGone(one, table.state(one.localPort, one.remotePort))) {
                each.remove();
                one.hangUp.run();
            }
        }
    }

    private boolean isGone(Watched one, ConnectionTable.State state) {
        one.missing = state == ConnectionTable.State.UNKNOWN ? one.missing + 1 : 0;
        return state == ConnectionTable.State.CLOSED_BY_PEER || (isListed && one.missing >= GONE_AFTER);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
