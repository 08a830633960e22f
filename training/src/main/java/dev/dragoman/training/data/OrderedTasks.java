package dev.dragoman.training.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Computes on several threads and hands the results on in the order in which the tasks were given, so that they do not depend on the
 * threads. At most twice as many tasks as threads are under way, so memory use does not grow with their number.
 *
 * <p>Confined to the thread that calls it, which is also the one that gets the results. The caller closes it, which ends the threads.
 *
 * @param <R> result of a task
 */
public final class OrderedTasks<R> implements AutoCloseable {
    private final int threads;
    private final Results<R> results;
    private final ExecutorService executor;
    private final Deque<Future<R>> underWay = new ArrayDeque<>();

    /**
     * What becomes of a result.
     *
     * @param <R> result of a task
     */
    @FunctionalInterface
    public interface Results<R> {
        /** Takes the next result. */
        void take(R result) throws IOException;
    }

    /**
     * Starts the threads.
     *
     * @param threads at least 1
     * @param name of the threads
     */
    public OrderedTasks(int threads, String name, Results<R> results) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, but is " + threads);
        }
        this.threads = threads;
        this.results = results;
        executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Gives a task, and hands on the oldest result if enough are under way. */
    public void add(Callable<R> task) throws IOException {
        underWay.add(executor.submit(task));
        if (underWay.size() > 2 * threads) {
            results.take(await(underWay.remove()));
        }
    }

    /** Hands on the results of all tasks that are under way. */
    public void finish() throws IOException {
        while (!underWay.isEmpty()) {
            results.take(await(underWay.remove()));
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private R await(Future<R> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a corpus was being read");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a task on a corpus failed", e.getCause());
        }
    }
}
