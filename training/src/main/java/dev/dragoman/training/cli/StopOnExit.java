package dev.dragoman.training.cli;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Makes Ctrl-C and {@code kill} end a long task in order: the JVM asks it to stop and waits until it has.
 *
 * <p>Opened in a try statement around all that has to end in order; closing it lets the JVM go. Until there is something to stop, the
 * JVM ends at once.
 */
final class StopOnExit implements AutoCloseable {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stopAndWait, "stop-on-exit");
    private volatile @Nullable Runnable stop;

    private StopOnExit() {}

    static StopOnExit open() {
        StopOnExit stopOnExit = new StopOnExit();
        Runtime.getRuntime().addShutdownHook(stopOnExit.hook);
        return stopOnExit;
    }

    /** From now on the JVM calls {@code stop} before it ends, and waits for {@link #close}. */
    void with(Runnable newStop) {
        stop = newStop;
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook itself has asked the task to stop.
        }
    }

    private void stopAndWait() {
        Runnable current = stop;
        if (current == null) {
            return;
        }
        current.run();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
