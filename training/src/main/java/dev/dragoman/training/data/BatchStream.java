package dev.dragoman.training.data;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The endless sequence of batches from a position on, built ahead on a thread of its own, so that the trainer never waits for
 * padding or for the plan of the next epoch.
 *
 * <p>{@link #next()} is called by one thread. The caller closes it, which ends the thread.
 */
public final class BatchStream implements AutoCloseable {
    private final BlockingQueue<Built> finished;
    private final BatchSampler sampler;
    private final Thread thread;

    BatchStream(BatchSampler sampler, BatchPosition from, int ahead) {
        this.sampler = sampler;
        finished = new ArrayBlockingQueue<>(ahead);
        EpochPlan plan = sampler.plan(from.epoch());
        if (from.batch() > plan.batches()) {
            throw new CorpusException("epoch " + from.epoch() + " has " + plan.batches()
                    + " batches, but the position is " + from.batch() + ": the corpus or the options have changed");
        }
        thread = new Thread(() -> build(plan, from.batch()), "batch-stream");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The next batch.
     *
     * @throws IllegalStateException if building it failed
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Positioned next() throws InterruptedException {
        Built built = finished.take();
        if (built.batch == null) {
            throw new IllegalStateException("building a batch failed", built.failure);
        }
        return built.batch;
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void build(EpochPlan first, int firstBatch) {
        try {
            EpochPlan plan = first;
            int batch = firstBatch;
            while (true) {
                if (batch == plan.batches()) {
                    plan = sampler.plan(plan.epoch() + 1);
                    batch = 0;
                }
                finished.put(new Built(positioned(plan, batch), null));
                batch++;
            }
        } catch (InterruptedException e) {
            // Closed: nobody waits for another batch.
        } catch (RuntimeException | Error e) {
            reportFailure(e);
        }
    }

    private static Positioned positioned(EpochPlan plan, int batch) {
        boolean last = batch + 1 == plan.batches();
        BatchPosition next = last ? new BatchPosition(plan.epoch() + 1, 0) : new BatchPosition(plan.epoch(), batch + 1);
        return new Positioned(plan.batch(batch), new BatchPosition(plan.epoch(), batch), next, plan.batches());
    }

    private void reportFailure(Throwable failure) {
        try {
            finished.put(new Built(null, failure));
        } catch (InterruptedException e) {
            // Closed: nobody waits for the failure either.
        }
    }

    /**
     * A batch and its place.
     *
     * @param batch the batch
     * @param position where it is
     * @param next where to resume after it
     * @param batchesInEpoch number of batches of its epoch
     */
    public record Positioned(Batch batch, BatchPosition position, BatchPosition next, int batchesInEpoch) {}

    private record Built(
            @Nullable Positioned batch, @Nullable Throwable failure) {}
}
