package dev.dragoman.model;

import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.cpu.CpuNetwork;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.mixture.ExpertCacheStatistics;
import dev.dragoman.model.mixture.ExpertMemory;
import dev.dragoman.model.mixture.ExpertUsage;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * An opened model directory, ready to encode and decode ids.
 *
 * <p>On a processor it is computed by {@link CpuNetwork} where that can be, else through the engine. Experts are not read when the model is
 * opened but when they are first chosen. The files must stay as they are until the model is closed.
 *
 * <p>Safe for use by many threads, each with its own {@link Decoding}. Close it after every decoding over it is closed.
 */
public final class TranslationModel implements AutoCloseable {
    private final ModelConfiguration configuration;
    private final String version;
    private final ServedNetwork network;

    private TranslationModel(ModelDirectory files, ServedNetwork network) {
        configuration = files.configuration();
        version = files.version();
        this.network = network;
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
     * @param experts memory for experts on the device of the engine; without effect on a model of format 1, all of whose experts are on
     *     the device
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if a file is missing, truncated, foreign or of a newer format
     * @throws IllegalStateException if {@code dragoman.expert-bits} is neither 8 nor 4, or is 4 for a model with experts that the engine is to
     *     serve
     */
    public static TranslationModel open(Path directory, ExpertMemory experts) {
        Engines.prepare();
        ModelDirectory files = ModelDirectory.open(directory);
        Optional<CpuNetwork> onProcessor = ComputeDevice.isGpu() ? Optional.empty() : CpuNetwork.open(files);
        if (onProcessor.isPresent()) {
            return new TranslationModel(files, onProcessor.get());
        }
        CpuNetwork.requireStoredExperts(files);
        return new TranslationModel(files, EngineNetwork.open(files, experts));
    }

    public ModelConfiguration configuration() {
        return configuration;
    }

    /** A digest that changes whenever the model's translations could. */
    public String version() {
        return version;
    }

    /** For people: what computes it, and in which precision. */
    public String computedBy() {
        return network.computedBy();
    }

    /** As {@link ServedNetwork#gainsByShortlists}. */
    public boolean gainsByShortlists() {
        return network.gainsByShortlists();
    }

    /** As {@link ServedNetwork#decode}. */
    public Decoding decode(int[][] sources) {
        return network.decode(sources);
    }

    /** How much each expert has computed since the model was opened, by the path of its layer; empty for a dense model. */
    public Map<String, ExpertUsage> expertUsage() {
        return network.expertUsage();
    }

    /** What the cache of experts on the device has done; empty if there is none. */
    public Optional<ExpertCacheStatistics> expertCache() {
        return network.expertCache();
    }

    @Override
    public void close() {
        network.close();
    }
}
