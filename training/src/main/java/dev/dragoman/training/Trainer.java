package dev.dragoman.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.BatchLoss;
import dev.dragoman.model.Engines;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.Shards;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.mixture.ExpertLoad;
import dev.dragoman.model.mixture.ExpertStack;
import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.BatchSampler;
import dev.dragoman.training.data.BatchStream;
import dev.dragoman.training.data.SamplerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Trains one network by a recipe: batch, loss, gradient, clipping, update; now and then validation and a checkpoint.
 *
 * <p>Every random number of an update comes from a stream seeded by the run's seed and the update's number, and batches come from a plan
 * that the seed fixes, so a run that is interrupted and resumed from a checkpoint computes what an undisturbed one does. That
 * holds for one list of devices. Checkpoints hold whole stacks of experts, so a run may go on over other devices too, but then sums and
 * random numbers come in another order.
 *
 * <p>Confined to one thread but for {@link #stop}. The caller closes it.
 */
public final class Trainer implements AutoCloseable {
    private static final int BATCHES_AHEAD = 4;

    private final Recipe recipe;
    private final Objective objective;
    private final Path run;
    private final TrainingListener listener;
    private final NDManager manager;
    private final TrainableNetwork network;
    private final Optimizer optimizer;
    private final CheckpointStore checkpoints;
    private TrainingState state = TrainingState.START;
    private volatile boolean stopping;

    private Trainer(Recipe recipe, Objective objective, Path run, TrainingListener listener) {
        this.recipe = recipe;
        this.objective = objective;
        this.run = run;
        this.listener = listener;
        network = objective.newNetwork();
        manager = ComputeDevice.newManager(network.device());
        seed(0);
        network.initialize(manager, recipe.training().experts().weights().type());
        optimizer = optimizer(recipe.training());
        checkpoints = new CheckpointStore(
                run.resolve("checkpoints"), recipe.training().keepCheckpoints());
    }

    private Optimizer optimizer(Recipe.Training training) {
        Set<String> dense = new LinkedHashSet<>(network.namedParameters().keySet());
        if (training.experts().optimizer() == Recipe.Experts.Kind.ADAM) {
            return new AdamOptimizer(network, dense, training.adam(), training.clipNorm(), manager);
        }
        Map<String, ExpertStack> experts = network.expertStacks();
        dense.removeAll(experts.keySet());
        return new SparseOptimizer(
                new AdamOptimizer(network, dense, training.adam(), training.clipNorm(), manager),
                new FactoredOptimizer(network.kernels(), experts, training.experts(), manager));
    }

    /**
     * A new run.
     *
     * @param run folder of the run; must not hold checkpoints yet
     * @throws IllegalStateException if the folder holds a run already
     */
    public static Trainer start(Recipe recipe, Objective objective, Path run, TrainingListener listener) {
        Engines.prepare();
        Trainer trainer = new Trainer(recipe, objective, run, listener);
        Optional<Path> old = trainer.checkpoints.newest();
        if (old.isPresent()) {
            trainer.close();
            throw new IllegalStateException(
                    run + " holds a run already (" + old.get().getFileName() + "): resume it, or name another folder");
        }
        return trainer;
    }

    /**
     * Goes on from the newest checkpoint of a run.
     *
     * @throws IllegalStateException if the folder holds no checkpoint
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if the checkpoint does not fit the recipe's network
     */
    public static Trainer resume(Recipe recipe, Objective objective, Path run, TrainingListener listener) {
        Engines.prepare();
        Trainer trainer = new Trainer(recipe, objective, run, listener);
        try {
            Path checkpoint = trainer.checkpoints
                    .newest()
                    .orElseThrow(() -> new IllegalStateException(run + " holds no checkpoint to resume from"));
            trainer.load(checkpoint);
            return trainer;
        } catch (RuntimeException e) {
            trainer.close();
            throw e;
        }
    }

    /** Parameters that a run has, for display. */
    public long parameters() {
        return network.namedParameters().values().stream()
                .mapToLong(parameter -> parameter.getArray().size())
                .sum();
    }

    /** Where the run stands. */
    public TrainingState state() {
        return state;
    }

    /** Asks the run to end after the update that it is in, with a checkpoint. From any thread. */
    public void stop() {
        stopping = true;
    }

    /**
     * Trains until the recipe's last update or {@link #stop}; either way the last thing done is a checkpoint.
     *
     * @return whether the recipe's last update was reached
     * @throws DivergedException if a loss or gradient is not finite; the last checkpoint stays as it is
     */
    public boolean train() throws IOException, InterruptedException {
        Recipe.Training training = recipe.training();
        BatchSampler sampler = new BatchSampler(
                objective.corpus(), objective.special(), SamplerOptions.of(training.seed(), training.tokensPerBatch()));
        int saved = state.update();
        try (BatchStream batches = sampler.stream(state.position(), BATCHES_AHEAD)) {
            while (state.update() < training.updates() && !stopping) {
                BatchStream.Positioned next = batches.next();
                update(next);
                int done = state.update();
                // The checkpoint first: validation takes longest, and what it could fail of must not cost the work
                // before it.
                if (done % training.checkpointEvery() == 0 || done == training.updates()) {
                    save();
                    saved = done;
                }
                if (done % training.validateEvery() == 0 || done == training.updates()) {
                    boolean better = validate();
                    if (better && saved == done) {
                        // Or a run resumed from here would not know the score, and replace the best model by a worse
                        // one.
                        checkpoints.amend(state);
                    }
                }
            }
        }
        if (saved != state.update()) {
            save();
        }
        return state.update() >= training.updates();
    }

    private void update(BatchStream.Positioned next) {
        long begin = System.nanoTime();
        Recipe.Training training = recipe.training();
        int update = state.update() + 1;
        double rate = training.learningRate().at(update, training.updates());
        seed(update);
        Batch batch = next.batch();
        BatchLoss loss;
        double norm;
        try (NDManager scratch = manager.newSubManager()) {
            loss = network.train(scratch, objective.tokens(batch), training.labelSmoothing());
            if (!Double.isFinite(loss.total())) {
                throw diverged(update, "the loss is " + loss.total());
            }
            norm = optimizer.update(scratch, update, rate);
        }
        if (!Double.isFinite(norm)) {
            throw diverged(update, "the gradient's norm is " + norm);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        state = new TrainingState(update, next.next(), state.seconds() + seconds, state.bestScore());
        listener.updated(new UpdateReport(
                update,
                training.updates(),
                next.position().epoch(),
                state.seconds(),
                batch.targetTokens(),
                seconds,
                loss.total(),
                loss.logLikelihood() / loss.tokens(),
                rate,
                norm,
                balances(loss.loads()),
                loss.loads()));
    }

    private DivergedException diverged(int update, String what) {
        return new DivergedException("update " + update + ": " + what + "; the last good checkpoint is "
                + checkpoints.newest().map(Path::toString).orElse("none: the run had not written one yet"));
    }

    private static Map<String, ExpertBalance> balances(Map<String, ExpertLoad> loads) {
        Map<String, ExpertBalance> balances = new LinkedHashMap<>();
        loads.forEach((layer, load) -> balances.put(layer, ExpertBalance.of(load)));
        return balances;
    }

    /** Writes the model and measures it; says whether it is the best so far. */
    private boolean validate() throws IOException {
        writeModel(run.resolve("model"), null);
        ValidationReport report = objective.validate(state.update(), network, run.resolve("model"));
        if (report == null) {
            return false;
        }
        double score = objective.score(report);
        boolean better = score > state.bestScore();
        if (better) {
            state = new TrainingState(state.update(), state.position(), state.seconds(), score);
            writeModel(run.resolve("best"), report);
        }
        writeCard(run.resolve("model"), report);
        listener.validated(report);
        return better;
    }

    /**
     * Writes the network as a model directory.
     *
     * @param report the validation of these weights, if it is done
     */
    private void writeModel(Path directory, @Nullable ValidationReport report) throws IOException {
        Files.createDirectories(directory);
        objective.writeConfiguration(directory);
        Files.copy(objective.pieces(), directory.resolve(ModelDirectory.PIECES), StandardCopyOption.REPLACE_EXISTING);
        Shards.write(
                directory.resolve(ModelDirectory.WEIGHTS),
                arrays(),
                recipe.training().modelPrecision());
        writeCard(directory, report);
    }

    private void writeCard(Path directory, @Nullable ValidationReport report) throws IOException {
        Files.writeString(directory.resolve("README.md"), objective.card(state, parameters(), report));
    }

    private void save() throws IOException {
        Path checkpoint = checkpoints.write(state, part -> {
            // Experts of 16 bits stay so.
            Shards.write(part.resolve(CheckpointStore.WEIGHTS), arrays(), StoredType.F32);
            optimizer.write(part.resolve(CheckpointStore.OPTIMIZER));
        });
        listener.saved(checkpoint);
    }

    private void load(Path checkpoint) {
        state = CheckpointStore.state(checkpoint);
        Shards.fill(WeightFiles.open(checkpoint.resolve(CheckpointStore.WEIGHTS)), arrays());
        optimizer.read(checkpoint.resolve(CheckpointStore.OPTIMIZER));
    }

    private Map<String, NDArray> arrays() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        network.namedParameters().forEach((name, parameter) -> arrays.put(name, parameter.getArray()));
        return arrays;
    }

    /** Seeds the engine for one update; 0 is the initialisation. */
    private void seed(int update) {
        // Spread by the golden ratio, so that neighbouring updates and seeds share no stream.
        long mixed = (recipe.training().seed() * 0x9E3779B97F4A7C15L) ^ (update * 0xD1B54A32D192ED03L);
        Engine.getInstance().setRandomSeed((int) (mixed ^ (mixed >>> 32)));
    }

    @Override
    public void close() {
        network.close();
        manager.close();
    }
}
