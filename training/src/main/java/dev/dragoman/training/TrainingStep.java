package dev.dragoman.training;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.BatchLoss;
import dev.dragoman.model.TokenBatch;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.mixture.ExpertLoad;
import dev.dragoman.training.data.Batch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The arithmetic of an update: the gradients of its batches, clipped, and the step that the optimiser takes.
 *
 * <p>Every random number comes from a stream that the run's seed and the update's number determine.
 */
public final class TrainingStep {
    private final Recipe.Training training;
    private final Function<Batch, TokenBatch> tokens;
    private final TrainableNetwork network;
    private final Optimizer optimizer;
    private final NDManager manager;
    private final Supplier<String> lastCheckpoint;

    /**
     * @param tokens a batch as the network takes it
     * @param manager owns what an update needs while it lasts
     * @param lastCheckpoint names the newest one, for messages
     */
    public TrainingStep(
            Recipe.Training training,
            Function<Batch, TokenBatch> tokens,
            TrainableNetwork network,
            Optimizer optimizer,
            NDManager manager,
            Supplier<String> lastCheckpoint) {
        this.training = training;
        this.tokens = tokens;
        this.network = network;
        this.optimizer = optimizer;
        this.manager = manager;
        this.lastCheckpoint = lastCheckpoint;
    }

    /**
     * What an update came to.
     *
     * @param loss of all its batches as if they were one
     * @param learningRate its rate
     * @param gradientNorm before clipping
     * @param passedOver whether nothing has moved, since the norm was out of the ordinary
     * @param gradients what is ordinary after it
     */
    public record Result(
            BatchLoss loss, double learningRate, double gradientNorm, boolean passedOver, GradientHistory gradients) {}

    /**
     * Takes one update.
     *
     * @param update its number, from 1
     * @param batches as many as make an update
     * @param before what is ordinary of gradients
     * @throws DivergedException if a loss or the gradient's norm is not finite; no parameter has moved
     * @throws TrainingMemoryException if memory, that of the Java heap or of the engine, does not suffice
     */
    public Result run(int update, List<Batch> batches, GradientHistory before) {
        try {
            return take(update, batches, before);
        } catch (EngineException | OutOfMemoryError e) {
            if (TrainingMemoryException.is(e)) {
                throw TrainingMemoryException.of(update, batches, training.tokensPerBatch(), lastCheckpoint.get(), e);
            }
            throw e;
        }
    }

    private Result take(int update, List<Batch> batches, GradientHistory before) {
        seed(training.seed(), update);
        BatchLoss loss = gradients(update, batches);
        Recipe.AdaptiveClip clip = training.adaptiveClip();
        double rate = training.rate(update);
        Step step = new Step(update, rate, clip == null ? Double.POSITIVE_INFINITY : before.largestNorm(clip));
        double norm;
        try (NDManager scratch = manager.newSubManager()) {
            norm = optimizer.update(scratch, step);
        }
        if (!Double.isFinite(norm)) {
            throw diverged(update, "the gradient's norm is " + norm);
        }
        return new Result(loss, rate, norm, !step.takes(norm), clip == null ? before : before.with(norm, clip));
    }

    /** Adds the gradients of batches, each with its share of their tokens. */
    private BatchLoss gradients(int update, List<Batch> batches) {
        double sum = batches.stream().mapToLong(Batch::targetTokens).sum();
        double total = 0;
        double logLikelihood = 0;
        Map<String, ExpertLoad> loads = new LinkedHashMap<>();
        for (Batch batch : batches) {
            double share = batch.targetTokens() / sum;
            try (NDManager scratch = manager.newSubManager()) {
                BatchLoss loss = network.train(scratch, tokens.apply(batch), training.labelSmoothing(), share);
                if (!Double.isFinite(loss.total())) {
                    throw diverged(update, "the loss is " + loss.total());
                }
                total += share * loss.total();
                logLikelihood += loss.logLikelihood();
                loss.loads().forEach((layer, load) -> loads.merge(layer, load, ExpertLoad::plus));
            }
        }
        return new BatchLoss(total, logLikelihood, (int) sum, loads);
    }

    private DivergedException diverged(int update, String what) {
        return new DivergedException(
                "update " + update + ": " + what + "; the last good checkpoint is " + lastCheckpoint.get());
    }

    /** Seeds the engine for one update; 0 is the initialisation. */
    static void seed(long seed, int update) {
        // Spread by the golden ratio, so that neighbouring updates and seeds share no stream.
        long mixed = (seed * 0x9E3779B97F4A7C15L) ^ (update * 0xD1B54A32D192ED03L);
        Engine.getInstance().setRandomSeed((int) (mixed ^ (mixed >>> 32)));
    }
}
