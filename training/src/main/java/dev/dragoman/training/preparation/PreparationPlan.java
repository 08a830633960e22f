package dev.dragoman.training.preparation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All of a recipe that a prepared folder depends on. What else a recipe says, such as weights, directions and the network, may differ between
 * recipes that share a folder.
 *
 * @param preparation the section of the recipe
 * @param maximumTokens pairs with a longer side, in ids, are left out
 * @param vocabularySize pieces of the network
 * @param controlPieces marks of target languages, in the order of their ids
 * @param pieces the vocabulary that is used; null if it is to be learnt
 */
public record PreparationPlan(
        Preparation preparation,
        int maximumTokens,
        int vocabularySize,
        List<String> controlPieces,
        @Nullable Path pieces) {
    private static final int FORMAT = 1;

    public PreparationPlan {
        controlPieces = List.copyOf(controlPieces);
    }

    /** The vocabulary to learn; only where there are no pieces yet. */
    Preparation.Vocabulary vocabulary() {
        return Objects.requireNonNull(preparation.vocabulary());
    }

    /**
     * A tree of all that the folder's content is a function of. Addresses are not in it: the same file may be had from several.
     *
     * @throws IOException if the pieces cannot be read
     */
    JsonNode identity() throws IOException {
        ObjectNode tree = StepRecord.JSON.createObjectNode();
        tree.put("format", FORMAT);
        ObjectNode section = (ObjectNode) StepRecord.JSON.valueToTree(preparation);
        for (JsonNode download : section.get("downloads")) {
            ((ObjectNode) download).remove("url");
        }
        section.remove("vocabulary");
        tree.set("preparation", section);
        tree.put("maximumTokens", maximumTokens);
        ObjectNode vocabulary = tree.putObject("vocabulary");
        if (pieces == null) {
            vocabulary.put("size", vocabularySize);
            vocabulary.put("sentences", vocabulary().sentences());
            vocabulary.set("controlPieces", StepRecord.JSON.valueToTree(controlPieces));
        } else {
            vocabulary.put("sha256", Checksum.sha256(pieces));
        }
        // As it comes back from a file: a parser knows other types of numbers than a record.
        return StepRecord.JSON.readTree(StepRecord.JSON.writeValueAsString(tree));
    }
}
