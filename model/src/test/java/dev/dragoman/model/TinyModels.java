package dev.dragoman.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.ModelConfiguration.Direction;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.kernel.Compute;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Model directories with random weights, of a size that opens in milliseconds; in the test jar for other modules. */
public final class TinyModels {
    public static final int PAD = 0;
    public static final int BOS = 2;
    public static final int EOS = 3;

    private TinyModels() {}

    /** English to French and German, with the control ids above. */
    public static ModelConfiguration configuration(NetworkConfiguration network) {
        return new ModelConfiguration(
                ModelConfiguration.FORMAT,
                "tiny",
                PAD,
                BOS,
                EOS,
                List.of(new Direction("en", "fr", "<2fr>"), new Direction("en", "de", "<2de>")),
                network);
    }

    /** Everything but {@code pieces.model}; the same seed gives the same weights. */
    public static Path write(Path directory, ModelConfiguration configuration, int seed, StoredType precision) {
        Engines.prepare();
        try (NDManager manager = NDManager.newBaseManager();
                TranslationNetwork network = TranslationNetwork.of(configuration.network(), Compute.FLOAT32)) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            RandomArrays.fill(network, manager, new Random(seed), 0.5)
                    .forEach((name, parameter) -> weights.put(name, parameter.getArray()));
            Files.createDirectories(directory);
            ModelDirectory.writeConfiguration(directory, configuration);
            Weights.write(directory.resolve(ModelDirectory.WEIGHTS), weights, precision);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A complete directory with a copy of the given SentencePiece model. */
    public static Path write(
            Path directory, ModelConfiguration configuration, int seed, StoredType precision, Path pieces) {
        write(directory, configuration, seed, precision);
        try {
            Files.copy(pieces, directory.resolve(ModelDirectory.PIECES));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
