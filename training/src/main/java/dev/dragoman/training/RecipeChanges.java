package dev.dragoman.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is different between the recipe and text that a checkpoint was made by and those that a run is to go on with.
 *
 * @param harmless changes of what does not enter the numbers of an update, such as how often the run is validated
 * @param harmful all others: a run that went on with them would be one of neither recipe
 */
record RecipeChanges(List<String> harmless, List<String> harmful) {
    private static final String FILE = "recipe.json";

    /** Keys that may change. The end of a run enters the rates of its cooldown, but to train longer is what resumption is for. */
    private static final Set<String> HARMLESS = Set.of(
            "name",
            "training.updates",
            "training.patience",
            "training.checkpointEvery",
            "training.keepCheckpoints",
            "training.validateEvery",
            "training.validateSentences",
            "training.modelPrecision",
            "training.devices",
            "training.learningRate.cooldown");

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * Writes the recipe into a checkpoint.
     *
     * @param text digest of the training text that the recipe's corpora have come to
     */
    static void write(Recipe recipe, String text, Path checkpoint) throws IOException {
        Files.write(checkpoint.resolve(FILE), JSON.writeValueAsBytes(tree(recipe, text)));
    }

    private static ObjectNode tree(Recipe recipe, String text) {
        ObjectNode tree = JSON.valueToTree(recipe);
        return tree.put("text", text);
    }

    /**
     * Compares with recipe and text of a checkpoint; one without a recipe is taken as made by this one.
     *
     * @throws IllegalStateException if the checkpoint's recipe cannot be read
     */
    static RecipeChanges since(Path checkpoint, Recipe recipe, String text) {
        Path file = checkpoint.resolve(FILE);
        try {
            List<Differences.Difference> all =
                    Differences.between(JSON.readTree(Files.readAllBytes(file)), tree(recipe, text));
            return new RecipeChanges(words(all, true), words(all, false));
        } catch (NoSuchFileException e) {
            return new RecipeChanges(List.of(), List.of());
        } catch (IOException | JacksonException e) {
            throw new IllegalStateException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<String> words(List<Differences.Difference> all, boolean harmless) {
        return all.stream()
                .filter(difference -> HARMLESS.contains(difference.path()) == harmless)
                .map(difference -> difference.path() + " was " + difference.before() + " and is " + difference.after())
                .toList();
    }
}
