package dev.dragoman.training;

import dev.dragoman.model.checkpoint.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The model directory that a recipe names to begin with its weights: fine-tuning. */
final class StartingModel {
    /** Keys of a network that its weights know nothing of. */
    private static final Set<String> FREE =
            Set.of("dropout", "maximumLength", "mixture.importanceWeight", "mixture.loadWeight", "mixture.noiseFloor");

    private StartingModel() {}

    /** Where the model is that a recipe names, null if it names none. */
    static @Nullable Path directory(@Nullable String startFrom, Path recipeFile) {
        return startFrom == null
                ? null
                : recipeFile.toAbsolutePath().resolveSibling(startFrom).normalize();
    }

    /**
     * Refuses a model that is not one of the network that is to be trained.
     *
     * @param key of the recipe that holds the network, for messages
     * @param ofModel configuration of the model's network
     * @param ofRecipe that of the recipe's
     * @param pieces the recipe's
     * @throws RecipeException if the network or the pieces are others; the message names what is different
     */
    static void requireFits(Path directory, Path recipeFile, String key, Object ofModel, Object ofRecipe, Path pieces)
            throws IOException {
        List<String> differences = Differences.between(ofModel, ofRecipe).stream()
                .filter(difference -> !FREE.contains(difference.path()))
                .map(difference -> key + "." + difference.path() + " is " + difference.after() + ", but "
                        + difference.before() + " there")
                .toList();
        if (!differences.isEmpty()) {
            throw new RecipeException(
                    recipeFile,
                    "startFrom, " + directory + ", is a model of another network: " + String.join("; ", differences));
        }
        Path ofDirectory = directory.resolve(ModelDirectory.PIECES);
        if (Files.mismatch(ofDirectory, pieces) >= 0) {
            throw new RecipeException(
                    recipeFile,
                    "startFrom needs the pieces of its model, " + ofDirectory + ", but pieces is " + pieces);
        }
    }
}
