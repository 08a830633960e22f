package dev.dragoman.training;

import dev.dragoman.training.data.Batch;
import java.io.Serial;
import java.util.List;
import java.util.Locale;

/** An update needed more memory than there is. The message tells what would need less. */
public final class TrainingMemoryException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private TrainingMemoryException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether a failure is one of memory: of the heap, or in the words of the engine's allocators. */
    static boolean is(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            return true;
        }
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        // Those of main memory and of a GPU.
        return message.contains("can't allocate memory") || message.contains("out of memory");
    }

    /**
     * Of one update.
     *
     * @param tokensPerBatch the recipe's limit
     * @param lastCheckpoint names the newest one
     */
    static TrainingMemoryException of(
            int update, List<Batch> batches, int tokensPerBatch, String lastCheckpoint, Throwable cause) {
        Batch largest = batches.get(0);
        for (Batch batch : batches) {
            largest = batch.rows() * batch.targetWidth() > largest.rows() * largest.targetWidth() ? batch : largest;
        }
        String remedy = cause instanceof OutOfMemoryError
                ? "give the JVM a larger heap: DRAGOMAN_JAVA_OPTS=-Xmx8g"
                : "lower training.tokensPerBatch, which is " + tokensPerBatch
                        + ", and raise training.batchesPerUpdate likewise, which keeps what an update sees";
        return new TrainingMemoryException(
                String.format(
                        Locale.ROOT,
                        "update %d: out of memory with a batch of %d sentences of up to %d tokens (%s): %s; the last good checkpoint is"
                                + " %s",
                        update,
                        largest.rows(),
                        Math.max(largest.sourceWidth(), largest.targetWidth()),
                        firstLine(cause),
                        remedy,
                        lastCheckpoint),
                cause);
    }

    /** Of what a run holds from beginning to end. */
    static TrainingMemoryException ofStart(Throwable cause) {
        return new TrainingMemoryException(
                "out of memory while making room for the parameters, their gradients and what the optimiser remembers of them ("
                        + firstLine(cause)
                        + "): a smaller network, training.experts with the optimizer FACTORED, or more training.devices need"
                        + " less on each",
                cause);
    }

    private static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}
