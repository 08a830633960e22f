package dev.dragoman.training;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.BatchLoss;
import dev.dragoman.model.Engines;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.checkpoint.Shards;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.mixture.ExpertLoad;
import dev.dragoman.training.data.BatchSampler;
import dev.dragoman.training.data.BatchStream;
import dev.dragoman.training.data.SamplerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

    /** In the path of every parameter of a mixture layer. */
    private static final String MIXTURE = ".mixture";

    private final Recipe recipe;
    private final Objective objective;
    private final Path run;
    private final TrainingListener listener;
    private final NDManager manager;
    private final TrainableNetwork network;
    private final Optimizer optimizer;
    private final TrainingStep step;
    private final CheckpointStore checkpoints;
    /** Digest of the training text. */
    private final String text;

    private final RunModels models;
    private TrainingState state = TrainingState.START;
    private final List<String> changes = new ArrayList<>();
    private volatile boolean stopping;

    private Trainer(Recipe recipe, Objective objective, Path run, TrainingListener listener) {
        this.recipe = recipe;
        this.objective = objective;
        this.run = run;
        this.listener = listener;
        checkpoints = checkpoints(recipe, run);
        text = objective.corpus().fingerprint();
        network = objective.newNetwork();
        manager = ComputeDevice.newManager(network.device());
        try {
            initialize();
            optimizer = Optimizers.of(recipe.training(), network, manager);
        } catch (EngineException | OutOfMemoryError e) {
            close();
            if (TrainingMemoryException.is(e)) {
                throw TrainingMemoryException.ofStart(e);
            }
            throw e;
        }
        step = new TrainingStep(
                recipe.training(), objective::tokens, network, optimizer, manager, this::lastCheckpoint);
        models = new RunModels(run, objective, recipe.training().modelPrecision(), parameters());
    }

    private static CheckpointStore checkpoints(Recipe recipe, Path run) {
        return new CheckpointStore(
                run.resolve(CheckpointStore.FOLDER), recipe.training().keepCheckpoints());
    }

    /** Gives all parameters their random start. */
    private void initialize() {
        Recipe.Training training = recipe.training();
        TrainingStep.seed(training.seed(), 0);
        network.initialize(manager, training.experts().weights().type());
        if (training.initialRange() != null) {
            List<NDArray> dense = new ArrayList<>();
            arrays().forEach((name, array) -> {
                // Gates begin with zeros, that all experts may be chosen.
                if (!name.contains(MIXTURE)) {
                    dense.add(array);
                }
            });
            network.kernels().number("spread", dense, training.initialRange());
        }
    }

    /**
     * A new run.
     *
     * @param run folder of the run; must not hold checkpoints yet
     * @throws IllegalStateException if the folder holds a run already
     * @throws TrainingMemoryException if memory does not suffice for the parameters and what the optimiser remembers of them
     * @throws IOException if nothing can be written into the folder, or not as much as a checkpoint takes
     */
    public static Trainer start(Recipe recipe, Objective objective, Path run, TrainingListener listener)
            throws IOException {
        Engines.prepare();
        Optional<Path> old = checkpoints(recipe, run).newest();
        if (old.isPresent()) {
            throw new IllegalStateException(
                    run + " holds a run already (" + old.get().getFileName() + "): resume it, or name another folder");
        }
        Trainer trainer = new Trainer(recipe, objective, run, listener);
        try {
            objective.fillFromStartingModel(trainer.arrays());
            trainer.checkpoints.requireRoom(trainer.checkpointBytes());
            return trainer;
        } catch (IOException | RuntimeException e) {
            trainer.close();
            throw e;
        }
    }

    /** As {@link #resume(Recipe, Objective, Path, TrainingListener, boolean)} by the recipe that the run was begun with. */
    public static Trainer resume(Recipe recipe, Objective objective, Path run, TrainingListener listener)
            throws IOException {
        return resume(recipe, objective, run, listener, false);
    }

    /**
     * Goes on from the newest checkpoint of a run.
     *
     * @param acceptChanges whether to go on where recipe or text are such that the numbers are those of no single recipe
     * @throws IllegalStateException if the folder holds no checkpoint, or recipe or text have changed so; the message names what has
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if the checkpoint is damaged, or does not fit the recipe's network
     * @throws TrainingMemoryException if memory does not suffice for the parameters and what the optimiser remembers of them
     * @throws IOException if nothing can be written into the folder, or not as much as a checkpoint takes
     */
    public static Trainer resume(
            Recipe recipe, Objective objective, Path run, TrainingListener listener, boolean acceptChanges)
            throws IOException {
        Engines.prepare();
        Path checkpoint = checkpoints(recipe, run)
                .newest()
                .orElseThrow(() -> new IllegalStateException(run + " holds no checkpoint to resume from"));
        RecipeChanges changes =
                RecipeChanges.since(checkpoint, recipe, objective.corpus().fingerprint());
        if (!acceptChanges && !changes.harmful().isEmpty()) {
            throw new IllegalStateException(
                    checkpoint + " was made by another recipe or from other text: "
                            + String.join("; ", changes.harmful())
                            + ". Go on with both as they were, or accept the changes (--accept-changes): the run is then one of neither");
        }
        Trainer trainer = new Trainer(recipe, objective, run, listener);
        try {
            trainer.load(checkpoint);
            trainer.changes.addAll(changes.harmless());
            trainer.changes.addAll(changes.harmful());
            trainer.checkpoints.requireRoom(trainer.checkpointBytes());
            return trainer;
        } catch (IOException | RuntimeException e) {
            trainer.close();
            throw e;
        }
    }

    /** What is different between the recipe and that of the checkpoint from which the run has been resumed, in words. */
    public List<String> changes() {
        return List.copyOf(changes);
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

    /** How {@link #train} ended. */
    public enum Outcome {
        /** With the recipe's last update. */
        COMPLETE,
        /** Since as many validations as the recipe's patience have brought no better score. */
        NO_BETTER,
        /** By {@link Trainer#stop}. */
        STOPPED
    }

    /**
     * Trains until the recipe's last update, until scores get no better, or until {@link #stop}; in any case the last thing done is a
     * checkpoint.
     *
     * @throws DivergedException if a loss or gradient is not finite; the last checkpoint stays as it is
     * @throws TrainingMemoryException if memory does not suffice; likewise
     */
    public Outcome train() throws IOException, InterruptedException {
        Recipe.Training training = recipe.training();
        BatchSampler sampler = new BatchSampler(
                objective.corpus(), objective.special(), SamplerOptions.of(training.seed(), training.tokensPerBatch()));
        if (outcome() == null || state.validationDue(training)) {
            listener.begun(state, training.updates(), parameters());
        }
        int saved = state.update();
        try (BatchStream batches = sampler.stream(state.position(), BATCHES_AHEAD)) {
            while (true) {
                // Due also where a run goes on that ended between a checkpoint and the validation after it.
                if (!stopping && state.validationDue(training)) {
                    validate();
                    if (saved == state.update()) {
                        // Or a run resumed from here would not know the score, and replace the best model by a worse
                        // one.
                        checkpoints.amend(state);
                    }
                }
                if (outcome() != null) {
                    break;
                }
                update(batches);
                // Before validation, which takes longest, and what it could fail of must not cost the work before it.
                if (state.update() % training.checkpointEvery() == 0 || state.update() == training.updates()) {
                    save();
                    saved = state.update();
                }
            }
        }
        if (saved != state.update()) {
            save();
        }
        return Objects.requireNonNull(outcome());
    }

    /** How the run ends here, null if it goes on. */
    private @Nullable Outcome outcome() {
        if (state.update() >= recipe.training().updates()) {
            return Outcome.COMPLETE;
        }
        Integer patience = recipe.training().patience();
        if (patience != null && state.validationsSinceBest() >= patience) {
            return Outcome.NO_BETTER;
        }
        return stopping ? Outcome.STOPPED : null;
    }

    private void update(BatchStream batches) throws InterruptedException {
        Recipe.Training training = recipe.training();
        int update = state.update() + 1;
        List<BatchStream.Positioned> next = new ArrayList<>();
        while (next.size() < training.batchesPerUpdate()) {
            next.add(batches.next());
        }
        long begin = System.nanoTime();
        TrainingStep.Result result = step.run(
                update, next.stream().map(BatchStream.Positioned::batch).toList(), state.gradients());
        double seconds = (System.nanoTime() - begin) / 1e9;
        BatchStream.Positioned last = next.get(next.size() - 1);
        state = state.updated(last.next(), seconds, result.gradients());
        BatchLoss loss = result.loss();
        listener.updated(new UpdateReport(
                update,
                training.updates(),
                last.position().epoch(),
                state.seconds(),
                loss.tokens(),
                seconds,
                loss.total(),
                loss.logLikelihood() / loss.tokens(),
                result.learningRate(),
                result.gradientNorm(),
                result.passedOver(),
                balances(loss.loads()),
                loss.loads()));
    }

    private String lastCheckpoint() {
        return checkpoints.newest().map(Path::toString).orElse("none: the run had not written one yet");
    }

    private static Map<String, ExpertBalance> balances(Map<String, ExpertLoad> loads) {
        Map<String, ExpertBalance> balances = new LinkedHashMap<>();
        loads.forEach((layer, load) -> balances.put(layer, ExpertBalance.of(load)));
        return balances;
    }

    /** Writes the model and measures it. */
    private void validate() throws IOException {
        models.write(RunModels.NEWEST, arrays(), state, null);
        ValidationReport report = objective.validate(state.update(), network, models.newest());
        if (report == null) {
            state = state.passedValidation();
            return;
        }
        state = state.validated(objective.score(report));
        if (state.validationsSinceBest() == 0) {
            models.write(RunModels.BEST, arrays(), state, report);
        }
        models.writeCard(RunModels.NEWEST, state, report);
        listener.validated(report);
    }

    private void save() throws IOException {
        Path checkpoint = checkpoints.write(state, part -> {
            // Experts of 16 bits stay so.
            Shards.write(part.resolve(CheckpointStore.WEIGHTS), arrays(), StoredType.F32);
            optimizer.write(part.resolve(CheckpointStore.OPTIMIZER));
            RecipeChanges.write(recipe, text, part);
        });
        listener.saved(checkpoint);
    }

    private void load(Path checkpoint) {
        state = CheckpointStore.state(checkpoint);
        for (String file : List.of(CheckpointStore.WEIGHTS, CheckpointStore.OPTIMIZER)) {
            WeightFiles.open(checkpoint.resolve(file)).verify();
        }
        Shards.fill(WeightFiles.open(checkpoint.resolve(CheckpointStore.WEIGHTS)), arrays());
        optimizer.read(checkpoint.resolve(CheckpointStore.OPTIMIZER));
    }

    /** About what a checkpoint takes on disk. */
    private long checkpointBytes() {
        return bytes(arrays()) + bytes(optimizer.state());
    }

    private static long bytes(Map<String, NDArray> arrays) {
        return arrays.values().stream()
                .mapToLong(array -> Float.BYTES * array.size())
                .sum();
    }

    private Map<String, NDArray> arrays() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        network.namedParameters().forEach((name, parameter) -> arrays.put(name, parameter.getArray()));
        return arrays;
    }

    @Override
    public void close() {
        network.close();
        manager.close();
    }
}
