package dev.dragoman.app.translation;

import dev.dragoman.app.models.ServedModel;
import dev.dragoman.inference.LanguagePair;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that can be answered.
 *
 * @param texts within all limits, free of control characters and lone surrogates
 * @param isList whether the answer is a list
 * @param pair the direction, in the codes of the models
 * @param model the model that serves the pair; null if source and target are the same, when there is nothing to translate
 * @param alternatives how many further translations are wanted
 */
record ValidRequest(
        List<String> texts,
        boolean isList,
        LanguagePair pair,
        @Nullable ServedModel model,
        int alternatives) {
    /** How the answer names the text at {@code index} when it is too long. */
    String field(int index) {
        return fieldOf(isList, index);
    }

    static String fieldOf(boolean isList, int index) {
        return isList ? "q[" + index + "]" : "q";
    }
}
