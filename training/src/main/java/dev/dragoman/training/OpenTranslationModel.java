package dev.dragoman.training;

import ai.djl.ndarray.NDManager;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.model.Engines;
import dev.dragoman.model.TranslationNetwork;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.tokenizer.SentencePieceTokenizer;
import dev.dragoman.tokenizer.Tokenizer;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.SpecialIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * A translation model from its directory, ready to tell how likely it holds given translations. All of its weights are in memory, in
 * float32, also where serving would map or quantise them. Confined to one thread. The caller closes it.
 */
public final class OpenTranslationModel implements AutoCloseable {
    private static final int TOKENS_PER_BATCH = 4000;

    private final ModelDirectory files;
    private final NDManager manager;
    private final Tokenizer tokenizer;
    private final TranslationNetwork network;

    private OpenTranslationModel(
            ModelDirectory files, NDManager manager, Tokenizer tokenizer, TranslationNetwork network) {
        this.files = files;
        this.manager = manager;
        this.tokenizer = tokenizer;
        this.network = network;
    }

    /**
     * Opens a model directory.
     *
     * @throws ModelFormatException if a file is missing, damaged, foreign or of a newer format
     * @throws IOException if the pieces cannot be read
     */
    public static OpenTranslationModel open(Path directory) throws IOException {
        Engines.prepare();
        ModelDirectory files = ModelDirectory.open(directory);
        ModelConfiguration configuration = files.configuration();
        Tokenizer tokenizer = SentencePieceTokenizer.open(files.pieces());
        NDManager manager = ComputeDevice.newManager();
        OpenTranslationModel model = new OpenTranslationModel(
                files, manager, tokenizer, TranslationNetwork.of(configuration.network(), Compute.FLOAT32));
        try {
            Weights.read(files.weights(), configuration.format(), model.network.namedParameters(), manager);
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /**
     * Encodes pairs to be measured.
     *
     * @throws IllegalArgumentException if the model does not serve the direction
     * @throws ModelFormatException if the direction's prefix is no piece
     */
    public PairSample sample(List<SentencePair> pairs, LanguagePair direction) {
        int maximumLength = files.configuration().network().maximumLength();
        return PairSample.of(pairs, tokenizer, prefix(direction), maximumLength);
    }

    private OptionalInt prefix(LanguagePair direction) {
        for (ModelConfiguration.Direction each : files.configuration().directions()) {
            if (each.source().equals(direction.source()) && each.target().equals(direction.target())) {
                return each.prefix().isEmpty() ? OptionalInt.empty() : OptionalInt.of(idOf(each.prefix()));
            }
        }
        throw new IllegalArgumentException("the model does not serve " + direction);
    }

    private int idOf(String prefix) {
        return tokenizer
                .vocabulary()
                .idOf(prefix)
                .orElseThrow(() -> new ModelFormatException(files.pieces(), "has no piece " + prefix));
    }

    /**
     * How likely the model holds the targets of pairs that {@link #sample} has encoded.
     *
     * @throws dev.dragoman.training.data.CorpusException if there are none
     */
    public Likelihood likelihood(PairSample sample) {
        ModelConfiguration configuration = files.configuration();
        SpecialIds special = new SpecialIds(configuration.padId(), configuration.bosId(), configuration.eosId());
        return Likelihood.of(sample.encoded(), special, TOKENS_PER_BATCH, PairSample::tokens, network);
    }

    @Override
    public void close() {
        network.close();
        manager.close();
        tokenizer.close();
    }
}
