package dev.dragoman.training;

import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.ParseProblem;
import dev.dragoman.model.kernel.Compute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
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
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
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
            if (kinds != null) {
                kinds = list("kinds of " + file, kinds);
            }
            if (weight != null && !(weight > 0 && weight <= 1000)) {
                throw new IllegalArgumentException(
                        "weight of " + file + " must be above 0 and up to 1000, but is " + plain(weight));
            }
        }

        private boolean hasDirectionOf(Corpus other) {
            return source.equals(other.source) && target.equals(other.target) && Objects.equals(prefix, other.prefix);
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
     * @param modelPrecision how matrices of the model directories are stored, which are what validation translates with
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
            int validateSentences,
            StoredType modelPrecision) {
        public Training {
            present("training.modelPrecision", modelPrecision);
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
        corpora = list("corpora", corpora);
        development = list("development", development);
        present("network", network);
        present("training", training);
        if (corpora.isEmpty()) {
            throw new IllegalArgumentException("corpora must name at least one file, but is empty");
        }
        require("maximumTokens", maximumTokens, 1, 30_000);
        for (Corpus corpus : development) {
            if (corpora.stream().noneMatch(corpus::hasDirectionOf)) {
                throw new IllegalArgumentException("development " + corpus.file() + " must have source, target and "
                        + "prefix of one of the corpora, but has " + corpus.source() + ", " + corpus.target() + " and "
                        + (corpus.prefix() == null ? "none" : corpus.prefix()));
            }
        }
    }

    /**
     * Reads a recipe.
     *
     * @throws RecipeException if the file is missing, a key is unknown or absent, or a value impossible; the message names it
     */
    public static Recipe read(Path file) {
        try {
            return YAML.readValue(Files.readAllBytes(file), Recipe.class);
        } catch (NoSuchFileException e) {
            throw new RecipeException(file, "no such file", e);
        } catch (IOException e) {
            throw new RecipeException(file, "cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new RecipeException(file, ParseProblem.of(e), e);
        }
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

    private static <T> List<T> list(String field, @Nullable List<T> values) {
        if (values == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
        if (values.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(field + " must not hold null");
        }
        return List.copyOf(values);
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
