package dev.dragoman.model;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.mixture.ExpertCacheStatistics;
import dev.dragoman.model.mixture.ExpertMemory;
import dev.dragoman.model.mixture.ExpertUsage;
import dev.dragoman.model.mixture.ServedMixtures;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An opened model directory, ready to encode and decode ids.
 *
 * <p>Experts are not read when the model is opened but mapped, and read when they are first chosen; see {@link ServedMixtures}. The files
 * must stay as they are until the model is closed.
 *
 * <p>Safe for use by many threads, each with its own {@link Decoding}. Close it after every decoding over it is closed.
 */
public final class TranslationModel implements AutoCloseable {
    private final ModelConfiguration configuration;
    private final String version;
    private final NDManager manager;
    private final TranslationNetwork network;
    private final ServedMixtures mixtures;

    private TranslationModel(
            ModelDirectory files, NDManager manager, TranslationNetwork network, ServedMixtures mixtures) {
        configuration = files.configuration();
        version = files.version();
        this.manager = manager;
        this.network = network;
        this.mixtures = mixtures;
    }

    /**
     * Opens a model directory; experts may take the memory that {@link ExpertMemory#configured} says.
     *
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if a file is missing, truncated, foreign or of a newer format
     */
    public static TranslationModel open(Path directory) {
        return open(directory, ExpertMemory.configured());
    }

    /**
     * Opens a model directory.
     *
     * @param experts memory for experts on the device; without effect on a model of format 1, all of whose experts are on the device
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if a file is missing, truncated, foreign or of a newer format
     */
    public static TranslationModel open(Path directory, ExpertMemory experts) {
        Engines.prepare();
        ModelDirectory files = ModelDirectory.open(directory);
        NDManager manager = ComputeDevice.newManager();
        Compute expertCompute = files.expertsAsUsed() ? ServedMixtures.compute(files.weights()) : Compute.FLOAT32;
        TranslationNetwork network =
                TranslationNetwork.of(files.configuration().network(), Compute.FLOAT32, expertCompute);
        ServedMixtures mixtures = null;
        try {
            mixtures = read(files, network, experts, manager);
            return new TranslationModel(files, manager, network, mixtures);
        } catch (RuntimeException | Error e) {
            if (mixtures != null) {
                mixtures.close();
            }
            network.close();
            manager.close();
            throw e;
        }
    }

    private static ServedMixtures read(
            ModelDirectory files, TranslationNetwork network, ExpertMemory experts, NDManager manager) {
        Map<String, Parameter> parameters = new LinkedHashMap<>(network.namedParameters());
        if (files.expertsAsUsed()) {
            ServedMixtures.stacks(network).forEach(parameters::remove);
        }
        Weights.read(files.weights(), files.configuration().format(), parameters, manager);
        return files.expertsAsUsed()
                ? ServedMixtures.map(network, files.weights(), experts, manager)
                : ServedMixtures.ofParameters(network);
    }

    public ModelConfiguration configuration() {
        return configuration;
    }

    /** A digest that changes whenever the model's translations could. */
    public String version() {
        return version;
    }

    /**
     * Encodes sentences and opens the decoding of their translations, one row each.
     *
     * @param sources ids of each sentence with prefix and end symbol, none empty; may be none, for a decoding that only admits
     * @throws IllegalArgumentException if a sentence is empty, or an id is outside the vocabulary
     */
    public Decoding decode(int[][] sources) {
        return EngineDecoding.open(network, manager, configuration.padId(), sources);
    }

    /** How much each expert has computed since the model was opened, by the path of its layer; empty for a dense model. */
    public Map<String, ExpertUsage> expertUsage() {
        return mixtures.usage();
    }

    /** What the cache of experts on the device has done; empty if there is none. */
    public Optional<ExpertCacheStatistics> expertCache() {
        return mixtures.cache();
    }

    @Override
    public void close() {
        mixtures.close();
        network.close();
        manager.close();
    }
}
