package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import dev.dragoman.model.TokenBatch;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.SpecialIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run is to learn: its network, its text in batches, how the result is measured and what a model directory says of it. */
public interface Objective extends AutoCloseable {
    /** A new network without values; closed by the caller. */
    TrainableNetwork newNetwork();

    /**
     * Overwrites a network's random start with the weights of the model that the recipe names to start from.
     *
     * @param parameters of {@link #newNetwork}, by path
     * @return whether the recipe names one
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if the weights cannot be read
     */
    boolean fillFromStartingModel(Map<String, NDArray> parameters);

    /** Training text. */
    EncodedCorpus corpus();

    /** The control pieces that frame sentences. */
    SpecialIds special();

    /** A batch of the text as the network takes it. */
    TokenBatch tokens(Batch batch);

    /** The SentencePiece model, which goes into every model directory. */
    Path pieces();

    /** Writes {@code config.json} into a model directory. */
    void writeConfiguration(Path directory) throws IOException;

    /**
     * Measures the network on the development text.
     *
     * @param update updates done
     * @param model the network's model directory
     * @return null without development text
     */
    @Nullable
    ValidationReport validate(int update, TrainableNetwork network, Path model);

    /** How good a validation was, in numbers of its own: higher is better, never negative. */
    double score(ValidationReport report);

    /**
     * The {@code README.md} of a model directory: what the model is, what it was trained on and how it scored.
     *
     * @param parameters how many numbers the network has
     * @param report the validation of exactly these weights, null before it is done or without development text
     */
    String card(TrainingState state, long parameters, @Nullable ValidationReport report);

    @Override
    void close();
}
