package dev.dragoman.training;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.Engines;
import dev.dragoman.model.LanguageModel;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.tokenizer.SentencePieceTokenizer;
import dev.dragoman.tokenizer.Tokenizer;
import dev.dragoman.training.data.SpecialIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A language model from its directory, ready to tell how likely sentences are. Confined to one thread. The caller closes it. */
public final class OpenLanguageModel implements AutoCloseable {
    private static final int TOKENS_PER_BATCH = 8000;

    private final LanguageModelDirectory.Description description;
    private final NDManager manager;
    private final Tokenizer tokenizer;
    private final LanguageModel network;

    private OpenLanguageModel(
            LanguageModelDirectory.Description description,
            NDManager manager,
            Tokenizer tokenizer,
            LanguageModel network) {
        this.description = description;
        this.manager = manager;
        this.tokenizer = tokenizer;
        this.network = network;
    }

    /**
     * Opens a model directory that training has written.
     *
     * @throws ModelFormatException if it is none of a language model, or damaged
     * @throws IOException if the pieces cannot be read
     */
    public static OpenLanguageModel open(Path directory) throws IOException {
        Engines.prepare();
        LanguageModelDirectory.Description description = LanguageModelDirectory.readConfiguration(directory);
        WeightFiles weights = WeightFiles.open(directory.resolve(ModelDirectory.WEIGHTS));
        Tokenizer tokenizer = SentencePieceTokenizer.open(directory.resolve(ModelDirectory.PIECES));
        NDManager manager = ComputeDevice.newManager();
        LanguageModel network = LanguageModel.of(description.languageModel(), Compute.FLOAT32);
        OpenLanguageModel model = new OpenLanguageModel(description, manager, tokenizer, network);
        try {
            int pieces = tokenizer.vocabulary().size();
            if (pieces != description.languageModel().vocabularySize()) {
                throw new ModelFormatException(
                        directory.resolve(ModelDirectory.CONFIGURATION),
                        "vocabularySize is " + description.languageModel().vocabularySize() + ", but "
                                + ModelDirectory.PIECES + " has " + pieces + " pieces");
            }
            Weights.read(weights, network.namedParameters(), manager);
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** What the model calls itself. */
    public String name() {
        return description.name();
    }

    /**
     * Encodes sentences to be measured.
     *
     * @param name where they are from
     * @throws dev.dragoman.training.data.CorpusException if a sentence is too long for the model, or none is left
     */
    public TextSample sample(String name, List<String> sentences) {
        return TextSample.of(
                name, sentences, tokenizer, description.languageModel().maximumLength());
    }

    /** How likely the model holds sentences that {@link #sample} has encoded. */
    public Likelihood likelihood(TextSample sample) {
        SpecialIds special = new SpecialIds(description.padId(), description.bosId(), description.eosId());
        return sample.likelihood(network, special, TOKENS_PER_BATCH);
    }

    @Override
    public void close() {
        network.close();
        manager.close();
        tokenizer.close();
    }
}
