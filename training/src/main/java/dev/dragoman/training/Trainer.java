package dev.dragoman.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.Engines;
import dev.dragoman.model.TranslationNetwork;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.SafetensorsReader;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.layer.MixtureOfExperts;
import dev.dragoman.model.layer.PaddedIds;
import dev.dragoman.tokenizer.Vocabulary;
import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.BatchSampler;
import dev.dragoman.training.data.BatchStream;
import dev.dragoman.training.data.SamplerOptions;
import dev.dragoman.training.data.SpecialIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Trains one network by a recipe: batch, loss, gradient, clipping, update; now and then validation and a checkpoint.
 *
 * <p>Every random number of an update comes from a stream seeded by the run's seed and the update's number, and batches come from a plan
 * that the seed fixes, so a run that is interrupted and resumed from a checkpoint computes what an undisturbed one does.
 *
 * <p>Confined to one thread but for {@link #stop}. The caller closes it.
 */
public final class Trainer implements AutoCloseable {
    private static final int BATCHES_AHEAD = 4;

    private final Recipe recipe;
    private final TrainingText text;
    private final Path run;
    private final TrainingListener listener;
    private final NDManager manager;
    private final TranslationNetwork network;
    private final AdamOptimizer optimizer;
    private final CheckpointStore checkpoints;
    private final ModelConfiguration modelConfiguration;
    private final SpecialIds special;
    private TrainingState state = TrainingState.START;
    private volatile boolean stopping;

    private Trainer(Recipe recipe, TrainingText text, Path run, TrainingListener listener) {
        this.recipe = recipe;
        this.text = text;
        this.run = run;
        this.listener = listener;
        Vocabulary vocabulary = text.tokenizer().vocabulary();
        special = new SpecialIds(vocabulary.padId(), vocabulary.bosId(), vocabulary.eosId());
        modelConfiguration = recipe.modelConfiguration(special.padId(), special.bosId(), special.eosId());
        manager = ComputeDevice.newManager();
        network = TranslationNetwork.of(recipe.network(), recipe.training().precision());
        seed(0);
        network.initialize(manager);
        optimizer = new AdamOptimizer(
                network.kernels(),
                network.namedParameters(),
                recipe.training().adam(),
                recipe.training().clipNorm(),
                manager);
        checkpoints = new CheckpointStore(
                run.resolve("checkpoints"), recipe.training().keepCheckpoints());
    }

    /**
     * A new run.
     *
     * @param run folder of the run; must not hold checkpoints yet
     * @throws IllegalStateException if the folder holds a run already
     */
    public static Trainer start(Recipe recipe, TrainingText text, Path run, TrainingListener listener) {
        Engines.prepare();
        Trainer trainer = new Trainer(recipe, text, run, listener);
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
    public static Trainer resume(Recipe recipe, TrainingText text, Path run, TrainingListener listener) {
        Engines.prepare();
        Trainer trainer = new Trainer(recipe, text, run, listener);
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
        BatchSampler sampler =
                new BatchSampler(text.corpus(), special, SamplerOptions.of(training.seed(), training.tokensPerBatch()));
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
        double loss;
        double likelihood;
        double norm;
        double[] balance;
        try (NDManager scratch = manager.newSubManager();
                GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
            TranslationNetwork.Loss result = network.loss(
                    scratch,
                    source(batch),
                    target(batch, batch.targetInput()),
                    target(batch, batch.targetOutput()),
                    training.labelSmoothing(),
                    true);
            loss = result.total().getFloat();
            likelihood = result.logLikelihood().getFloat() / result.tokens();
            balance = balance(result.mixtures());
            if (!Double.isFinite(loss)) {
                throw diverged(update, "the loss is " + loss);
            }
            gradients.backward(result.total());
            norm = optimizer.update(scratch, update, rate);
        }
        if (!Double.isFinite(norm)) {
            throw diverged(update, "the gradient's norm is " + norm);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        state = new TrainingState(update, next.next(), state.seconds() + seconds, state.bestBleu());
        listener.updated(new UpdateReport(
                update,
                training.updates(),
                next.position().epoch(),
                state.seconds(),
                batch.targetTokens(),
                seconds,
                loss,
                likelihood,
                rate,
                norm,
                balance[0],
                balance[1]));
    }

    private DivergedException diverged(int update, String what) {
        return new DivergedException("update " + update + ": " + what + "; the last good checkpoint is "
                + checkpoints.newest().map(Path::toString).orElse("none: the run had not written one yet"));
    }

    /** Coefficients of variation of importance and load, mean over the mixture layers. */
    private static double[] balance(List<MixtureOfExperts.Balanced> mixtures) {
        double[] sums = new double[2];
        for (MixtureOfExperts.Balanced mixture : mixtures) {
            sums[0] += coefficientOfVariation(mixture.importance()) / mixtures.size();
            sums[1] += coefficientOfVariation(mixture.load()) / mixtures.size();
        }
        return sums;
    }

    private static double coefficientOfVariation(NDArray perExpert) {
        double sum = 0;
        double squares = 0;
        float[] values = perExpert.toFloatArray();
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        return Math.sqrt(Math.max(0, squares / values.length - mean * mean)) / mean;
    }

    /** Writes the model and measures it; says whether it is the best so far. */
    private boolean validate() throws IOException {
        writeModel(run.resolve("model"), null);
        if (text.development().isEmpty()) {
            return false;
        }
        ValidationReport report =
                new Validation(recipe, text, special).run(state.update(), network, run.resolve("model"));
        boolean better = report.meanBleu() > state.bestBleu();
        if (better) {
            state = new TrainingState(state.update(), state.position(), state.seconds(), report.meanBleu());
            writeModel(run.resolve("best"), report);
        }
        writeCard(run.resolve("model"), report);
        listener.validated(report);
        return better;
    }

    /**
     * Writes the network as a model directory that can be served.
     *
     * @param report the validation of these weights, if it is done
     */
    private void writeModel(Path directory, @Nullable ValidationReport report) throws IOException {
        Files.createDirectories(directory);
        ModelDirectory.writeConfiguration(directory, modelConfiguration);
        Files.copy(text.pieces(), directory.resolve(ModelDirectory.PIECES), StandardCopyOption.REPLACE_EXISTING);
        Weights.write(
                directory.resolve(ModelDirectory.WEIGHTS),
                arrays(),
                recipe.training().modelPrecision());
        writeCard(directory, report);
    }

    private void writeCard(Path directory, @Nullable ValidationReport report) throws IOException {
        Files.writeString(directory.resolve("README.md"), ModelCard.of(recipe, state, parameters(), report));
    }

    private void save() throws IOException {
        Path checkpoint = checkpoints.write(state, part -> {
            Weights.write(part.resolve(CheckpointStore.WEIGHTS), arrays(), StoredType.F32);
            optimizer.write(part.resolve(CheckpointStore.OPTIMIZER));
        });
        listener.saved(checkpoint);
    }

    private void load(Path checkpoint) {
        state = CheckpointStore.state(checkpoint);
        Map<String, Parameter> parameters = network.namedParameters();
        SafetensorsReader weights = SafetensorsReader.open(checkpoint.resolve(CheckpointStore.WEIGHTS));
        parameters.forEach((name, parameter) -> {
            try (NDArray stored = Weights.array(weights, name, parameter.getShape(), manager)) {
                stored.copyTo(parameter.getArray());
            }
        });
        optimizer.read(checkpoint.resolve(CheckpointStore.OPTIMIZER), manager);
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

    static PaddedIds source(Batch batch) {
        return new PaddedIds(batch.source(), batch.sourceLengths(), batch.rows(), batch.sourceWidth());
    }

    static PaddedIds target(Batch batch, int[] ids) {
        return new PaddedIds(ids, batch.targetLengths(), batch.rows(), batch.targetWidth());
    }

    @Override
    public void close() {
        network.close();
        manager.close();
    }
}
