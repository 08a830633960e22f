package dev.dragoman.training.preparation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The file of a prepared folder that says what it was made of, so that it is not taken for another's. */
final class FolderIdentity {
    static final String FILE = "preparation.json";

    private FolderIdentity() {}

    /**
     * Refuses a folder that cannot serve a recipe. Its vocabulary may have marks of other target languages: that those in use are there is
     * seen when they are looked up.
     *
     * @throws IOException if so; the message names the first key that differs, and both values
     */
    static void require(Path folder, PreparationPlan plan) throws IOException {
        JsonNode there = StepRecord.read(folder.resolve(FILE), JsonNode.class);
        requireEqual(folder, withoutControlPieces(there), withoutControlPieces(plan.identity()));
    }

    private static JsonNode withoutControlPieces(JsonNode identity) {
        if (identity.path("vocabulary") instanceof ObjectNode vocabulary) {
            vocabulary.remove("controlPieces");
        }
        return identity;
    }

    private static void requireEqual(Path folder, JsonNode there, JsonNode here) throws IOException {
        String difference = difference("", there, here);
        if (difference != null) {
            throw new IOException(folder + ": was prepared by another recipe: " + difference
                    + ". Name another folder, or delete this one (its downloads may be moved to the new one)");
        }
    }

    /** Claims a folder, or refuses it if it was begun by a recipe that makes anything else of it. */
    static void claim(Path folder, PreparationPlan plan) throws IOException {
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            requireEqual(folder, StepRecord.read(file, JsonNode.class), plan.identity());
        } else {
            StepRecord.write(file, plan.identity());
        }
    }

    /** The first difference in words, or null. */
    static @Nullable String difference(String path, JsonNode there, JsonNode here) {
        if (there.isObject() && here.isObject()) {
            Set<String> keys = new LinkedHashSet<>(there.propertyNames());
            keys.addAll(here.propertyNames());
            for (String key : keys) {
                String found = difference(path.isEmpty() ? key : path + "." + key, there.path(key), here.path(key));
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        if (there.isArray() && here.isArray()) {
            for (int i = 0; i < Math.max(there.size(), here.size()); i++) {
                String found = difference(path + "[" + i + "]", there.path(i), here.path(i));
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        return there.equals(here) ? null : path + " was " + words(there) + ", but is " + words(here) + " in the recipe";
    }

    private static String words(JsonNode node) {
        return node.isMissingNode() ? "absent" : node.toString();
    }
}
