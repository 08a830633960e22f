package dev.dragoman.app.translation;

import dev.dragoman.app.detection.Detection;
import dev.dragoman.app.models.ServedDirection;
import dev.dragoman.inference.LanguagePair;
import org.jspecify.annotations.Nullable;

/**
 * A text that can be translated.
 *
 * @param text within all limits, free of control characters and lone surrogates
 * @param field how an answer names it when it is too long
 * @param pair the direction, in the codes of the models
 * @param model the model, or the two in a row, that serves the pair; null if the text stays as it is, since source and target are the same, the source
 *     could not be told, or there is no model for what was found
 * @param detection what was found where the caller did not name the source, otherwise null
 */
public record ValidText(
        String text,
        String field,
        LanguagePair pair,
        @Nullable ServedDirection model,
        @Nullable Detection detection) {
    /** Whether it stays in another language than the one that was asked for. */
    boolean isNotServed() {
        return model == null && !pair.source().equals(pair.target());
    }

    /** Length in code points. */
    public int characters() {
        return text.codePointCount(0, text.length());
    }
}
