package dev.dragoman.training;

import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.configuration.LanguageModelConfiguration;
import dev.dragoman.model.configuration.ParseProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code config.json} of a language model's directory, which beside it holds the same files as that of a translation model. It has
 * {@code languageModel} in place of {@code network} and {@code directions}, so neither kind is taken for the other.
 */
public final class LanguageModelDirectory {
    /** The only version so far. */
    static final int FORMAT = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private LanguageModelDirectory() {}

    /**
     * What {@code config.json} holds.
     *
     * @param format version of the format
     * @param name what the model calls itself
     * @param padId id of the padding piece
     * @param bosId id before the first piece of a sentence
     * @param eosId id that ends a sentence
     * @param languageModel the network's sizes
     */
    public record Description(
            int format, String name, int padId, int bosId, int eosId, LanguageModelConfiguration languageModel) {
        public Description {
            Requirement.present("name", name);
            Requirement.present("languageModel", languageModel);
            Requirement.range("format", format, 1, FORMAT);
            int last = languageModel.vocabularySize() - 1;
            Requirement.range("padId", padId, 0, last);
            Requirement.range("bosId", bosId, 0, last);
            Requirement.range("eosId", eosId, 0, last);
        }
    }

    /** Writes {@code config.json}. */
    static void writeConfiguration(Path directory, Description description) throws IOException {
        Path part = directory.resolve(ModelDirectory.CONFIGURATION + ".part");
        Files.writeString(part, JSON.writeValueAsString(description) + "\n");
        Files.move(
                part,
                directory.resolve(ModelDirectory.CONFIGURATION),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads {@code config.json}.
     *
     * @throws ModelFormatException if the file is missing or not that of a language model
     */
    public static Description readConfiguration(Path directory) {
        Path file = directory.resolve(ModelDirectory.CONFIGURATION);
        try {
            JsonNode tree = JSON.readTree(Files.readAllBytes(file));
            // Came later than the format; null stands for what there was before.
            if (tree.path("languageModel") instanceof ObjectNode network && !network.has("layerNormalisation")) {
                network.putNull("layerNormalisation");
            }
            return JSON.treeToValue(tree, Description.class);
        } catch (NoSuchFileException e) {
            throw new ModelFormatException(file, "no such file", e);
        } catch (IOException e) {
            throw new ModelFormatException(file, "cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new ModelFormatException(file, "not that of a language model: " + ParseProblem.of(e), e);
        }
    }
}
