package dev.dragoman.training.preparation;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream on which nothing has come for a while, since a read of an HTTP body would wait for ever. */
final class SilenceGuard implements AutoCloseable {
    private final InputStream stream;
    private final long nanos;
    private final Thread thread = new Thread(this::watch, "silence-guard");
    private volatile long lastHeard = System.nanoTime();
    private volatile boolean closed;

    SilenceGuard(InputStream stream, Duration silence) {
        this.stream = stream;
        nanos = silence.toNanos();
        thread.setDaemon(true);
        thread.start();
    }

    /** Something has come. */
    void heard() {
        lastHeard = System.nanoTime();
    }

    /** Whether it was silent for too long. */
    boolean hasClosed() {
        return closed;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void watch() {
        try {
            for (long left = nanos; left > 0; left = lastHeard + nanos - System.nanoTime()) {
                Thread.sleep(left / 1_000_000 + 1);
            }
            closed = true;
            stream.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The reader learns of it by its own read.
            closed = true;
        }
    }
}
