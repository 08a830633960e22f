package dev.dragoman.inference;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.Engines;
import dev.dragoman.model.TranslationNetwork;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.ModelConfiguration.Direction;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Model directories with random weights, of a size that opens in milliseconds; mixture layers and both directions included. */
public final class TinyModel {
    /** Pieces in the file {@code pieces.model} beside this class; its special pieces are 0 to 3. */
    static final int PIECES = 71;

    static final int MAXIMUM_LENGTH = 40;

    private TinyModel() {}

    /** A model that serves English to French and to German, with the special ids of {@code pieces.model}. */
    static ModelConfiguration configuration(Form form) {
        return configuration(form, PIECES, 2, 3);
    }

    /** A model over any vocabulary. */
    public static ModelConfiguration configuration(Form form, int vocabularySize, int bosId, int eosId) {
        return new ModelConfiguration(
                ModelConfiguration.FORMAT,
                "tiny",
                0,
                bosId,
                eosId,
                List.of(new Direction("en", "fr", "<2fr>"), new Direction("en", "de", "<2de>")),
                new NetworkConfiguration(
                        vocabularySize,
                        16,
                        16,
                        2,
                        2,
                        true,
                        2,
                        new Attention(form, Score.ADDITIVE, 16),
                        new Mixture(4, 2, 16, List.of(1), List.of(1), 0.01, 0.01, 0.01, true),
                        true,
                        0.1,
                        MAXIMUM_LENGTH));
    }

    /** Writes a model directory; the same seed gives the same weights. */
    public static Path write(Path directory, ModelConfiguration configuration, int seed) {
        Engines.prepare();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                TranslationNetwork network = TranslationNetwork.of(configuration.network(), Compute.FLOAT32)) {
            manager.getEngine().setRandomSeed(seed);
            network.initialize(manager);
            Map<String, NDArray> weights = new LinkedHashMap<>();
            // Fresh weights make all continuations about equally probable; a trained network is surer of itself.
            network.namedParameters()
                    .forEach((name, parameter) ->
                            weights.put(name, parameter.getArray().mul(3)));
            ModelDirectory.writeConfiguration(directory, configuration);
            Weights.write(directory.resolve(ModelDirectory.WEIGHTS), weights, StoredType.F32);
            try (InputStream pieces = Objects.requireNonNull(TinyModel.class.getResourceAsStream("pieces.model"))) {
                Files.copy(pieces, directory.resolve(ModelDirectory.PIECES));
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
