package dev.dragoman.training;

import dev.dragoman.model.configuration.ParseProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Recipes from their files.
 *
 * <p>A recipe with a base is the base's tree with its own keys laid over it: maps are merged key by key, all else is replaced. The base has to
 * be a whole recipe itself, so whatever is wrong with the result is wrong with the file that names the base.
 */
final class RecipeReader {
    private static final String BASE = "base";
    private static final String LANGUAGE_MODEL = "languageModel";

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private RecipeReader() {}

    static Recipe read(Path file) {
        return read(file, new LinkedHashSet<>()).recipe;
    }

    /** A recipe and the tree that it was made of. */
    private record Read(Recipe recipe, JsonNode tree) {}

    /** Reads a recipe on which those of {@code above} are based. */
    private static Read read(Path file, Set<Path> above) {
        if (!above.add(file.toAbsolutePath().normalize())) {
            throw new RecipeException(file, "base leads back to this recipe");
        }
        try {
            byte[] content = Files.readAllBytes(file);
            Set<String> keys = keys(content);
            if (!keys.contains(BASE)) {
                // From the text, so that messages tell the line.
                Recipe recipe = YAML.readValue(content, type(keys.contains(LANGUAGE_MODEL)));
                return new Read(recipe, YAML.readTree(content));
            }
            JsonNode own = YAML.readTree(content);
            if (!own.get(BASE).isString()) {
                throw new RecipeException(file, "base must be the name of a recipe, but is " + own.get(BASE));
            }
            Read base = read(file.resolveSibling(own.get(BASE).stringValue()), above);
            JsonNode tree = merged(base.tree, own);
            ((ObjectNode) tree).remove(BASE);
            return new Read(YAML.treeToValue(tree, type(tree.has(LANGUAGE_MODEL))), tree);
        } catch (NoSuchFileException e) {
            throw new RecipeException(file, "no such file", e);
        } catch (IOException e) {
            throw new RecipeException(file, "cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new RecipeException(file, ParseProblem.of(e), e);
        }
    }

    private static Class<? extends Recipe> type(boolean languageModel) {
        return languageModel ? LanguageModelRecipe.class : TranslationRecipe.class;
    }

    /** The keys of the outermost map; none if there is no map. */
    private static Set<String> keys(byte[] content) {
        Set<String> keys = new LinkedHashSet<>();
        try (JsonParser parser = YAML.createParser(content)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    keys.add(parser.currentName());
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
        }
        return keys;
    }

    private static JsonNode merged(JsonNode base, JsonNode over) {
        if (!base.isObject() || !over.isObject()) {
            return over;
        }
        ObjectNode result = ((ObjectNode) base).deepCopy();
        over.properties().forEach(entry -> {
            JsonNode old = base.get(entry.getKey());
            result.set(entry.getKey(), old == null ? entry.getValue() : merged(old, entry.getValue()));
        });
        return result;
    }
}
