package dev.dragoman.training;

import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.kernel.Compute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * All that a training run is made of, read from one commented YAML file.
 *
 * @param name what the model calls itself
 * @param pieces the SentencePiece model, relative to the recipe
 * @param corpora training text
 * @param development text for validation
 * @param maximumTokens pairs with a longer side, in ids, are left out of training
 * @param network the network's sizes
 * @param training how it is trained
 */
public record Recipe(
        String name,
        String pieces,
        List<Corpus> corpora,
        List<Corpus> development,
        int maximumTokens,
        NetworkConfiguration network,
        Training training) {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /**
     * A file of sentence pairs.
     *
     * @param file TSV, plain or compressed, relative to the data folder
     * @param source ISO 639-1 code
     * @param target ISO 639-1 code
     * @param prefix control piece that names the target language; absent for a model of one target
     * @param kinds kinds of pairs to take; absent for all
     * @param weight how often a pair occurs in an epoch; absent for once
     */
    public record Corpus(
            String file,
            String source,
            String target,
            @Nullable String prefix,
            @Nullable List<String> kinds,
            @Nullable Double weight) {
        public Corpus {
            present("file of a corpus", file);
            present("source of " + file, source);
            present("target of " + file, target);
        }
    }

    /**
     * How the network is trained.
     *
     * @param seed of initial values, order, dropout and noise
     * @param precision element type of matrix products; weights and sums are in float32 always
     * @param tokensPerBatch rows times the longest side, padding included
     * @param updates when to end
     * @param labelSmoothing probability mass given to all pieces alike, {@code [0, 1)}
     * @param learningRate the schedule
     * @param adam the optimiser's constants
     * @param clipNorm largest global norm of the gradient; 0 disables
     * @param checkpointEvery updates between checkpoints
     * @param keepCheckpoints how many of the newest checkpoints are kept
     * @param validateEvery updates between validations
     * @param validateSentences sentences per direction translated at a validation; 0 for all
     */
    public record Training(
            long seed,
            Compute precision,
            int tokensPerBatch,
            int updates,
            double labelSmoothing,
            LearningRate learningRate,
            Adam adam,
            double clipNorm,
            int checkpointEvery,
            int keepCheckpoints,
            int validateEvery,
            int validateSentences) {
        public Training {
            present("training.precision", precision);
            present("training.learningRate", learningRate);
            present("training.adam", adam);
            require("training.tokensPerBatch", tokensPerBatch, 1, Integer.MAX_VALUE);
            require("training.updates", updates, 1, Integer.MAX_VALUE);
            require("training.labelSmoothing", labelSmoothing, 0, 0.99);
            require("training.clipNorm", clipNorm, 0, 1e9);
            require("training.checkpointEvery", checkpointEvery, 1, Integer.MAX_VALUE);
            require("training.keepCheckpoints", keepCheckpoints, 1, 1000);
            require("training.validateEvery", validateEvery, 1, Integer.MAX_VALUE);
            require("training.validateSentences", validateSentences, 0, Integer.MAX_VALUE);
        }
    }

    /**
     * Constants of Adam.
     *
     * @param beta1 decay of the first moment, {@code [0, 1)}
     * @param beta2 decay of the second moment, {@code [0, 1)}
     * @param epsilon added to the root of the second moment
     */
    public record Adam(double beta1, double beta2, double epsilon) {
        public Adam {
            require("training.adam.beta1", beta1, 0, 0.999999);
            require("training.adam.beta2", beta2, 0, 0.999999);
            require("training.adam.epsilon", epsilon, 1e-30, 1);
        }
    }

    public Recipe {
        present("name", name);
        present("pieces", pieces);
        present("corpora", corpora);
        present("development", development);
        present("network", network);
        present("training", training);
        if (corpora.isEmpty()) {
            throw new IllegalArgumentException("corpora must name at least one file, but is empty");
        }
        corpora = List.copyOf(corpora);
        development = List.copyOf(development);
        require("maximumTokens", maximumTokens, 1, 30_000);
    }

    /**
     * Reads a recipe.
     *
     * @throws RecipeException if the file is missing, a key is unknown or absent, or a value impossible; the message names it
     */
    public static Recipe read(Path file) {
        try {
            return YAML.readValue(Files.readAllBytes(file), Recipe.class);
        } catch (IOException e) {
            throw new RecipeException(file, "cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new RecipeException(file, problem(e), e);
        }
    }

    private static String problem(JacksonException e) {
        String where =
                e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (!(cause instanceof JacksonException parser)) {
            return cause.getMessage() + where;
        }
        String path = e instanceof DatabindException bound && !bound.getPath().isEmpty()
                ? bound.getPathReference() + ": "
                : "";
        return path + parser.getOriginalMessage() + where;
    }

    /** What the model directory says of the model. */
    ModelConfiguration modelConfiguration(int padId, int bosId, int eosId) {
        Set<ModelConfiguration.Direction> directions = new LinkedHashSet<>();
        for (Corpus corpus : corpora) {
            String prefix = corpus.prefix() == null ? "" : corpus.prefix();
            directions.add(new ModelConfiguration.Direction(corpus.source(), corpus.target(), prefix));
        }
        return new ModelConfiguration(
                ModelConfiguration.FORMAT, name, padId, bosId, eosId, List.copyOf(directions), network);
    }

    /** The parser hands in null for a key that is absent. */
    private static void present(String field, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
    }

    static void require(String field, double value, double from, double to) {
        if (!(value >= from && value <= to)) {
            throw new IllegalArgumentException(
                    field + " must be from " + plain(from) + " to " + plain(to) + ", but is " + plain(value));
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
