package dev.dragoman.model;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.layer.PaddedIds;
import java.nio.file.Path;

/**
 * An opened model directory, ready to encode and decode ids.
 *
 * <p>Safe for use by many threads, each with its own {@link Decoding}. Close it after every decoding over it is closed.
 */
public final class TranslationModel implements AutoCloseable {
    private final ModelConfiguration configuration;
    private final String version;
    private final NDManager manager;
    private final TranslationNetwork network;

    private TranslationModel(
            ModelConfiguration configuration, String version, NDManager manager, TranslationNetwork network) {
        this.configuration = configuration;
        this.version = version;
        this.manager = manager;
        this.network = network;
    }

    /**
     * Opens a model directory.
     *
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if a file is missing, truncated, foreign or of a newer format
     */
    public static TranslationModel open(Path directory) {
        Engines.prepare();
        ModelDirectory files = ModelDirectory.open(directory);
        NDManager manager = ComputeDevice.newManager();
        TranslationNetwork network = TranslationNetwork.of(files.configuration().network(), Compute.FLOAT32);
        try {
            Weights.read(files.weights(), network.namedParameters(), manager);
        } catch (RuntimeException e) {
            network.close();
            manager.close();
            throw e;
        }
        return new TranslationModel(files.configuration(), files.version(), manager, network);
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
     * @param sources ids of each sentence with prefix and end symbol, none empty
     * @throws IllegalArgumentException if there is no sentence, one is empty, or an id is outside the vocabulary
     */
    public Decoding decode(int[][] sources) {
        return Decoding.open(network, manager, PaddedIds.of(sources, configuration.padId()));
    }

    @Override
    public void close() {
        network.close();
        manager.close();
    }
}
