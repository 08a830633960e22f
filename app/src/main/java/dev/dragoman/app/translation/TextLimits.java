package dev.dragoman.app.translation;

import dev.dragoman.app.configuration.DragomanProperties.LimitProperties;
import dev.dragoman.app.errors.ServiceException.LimitExceeded;
import java.util.List;

/** The limits of {@code dragoman.limits} on the texts of a request. */
public final class TextLimits {
    private final LimitProperties limits;

    TextLimits(LimitProperties limits) {
        this.limits = limits;
    }

    /**
     * Checks number and lengths.
     *
     * @param field name of the field that holds the texts
     * @param isList whether the caller sent a list, so that a text is named by its place
     * @throws LimitExceeded if there are too many texts or one is too long
     */
    public void require(List<String> texts, String field, boolean isList) {
        if (texts.size() > limits.texts()) {
            throw new LimitExceeded(field, "texts", limits.texts(), texts.size());
        }
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            int characters = text.codePointCount(0, text.length());
            if (characters > limits.characters()) {
                throw new LimitExceeded(nameOf(field, isList, i), "characters", limits.characters(), characters);
            }
        }
    }

    static String nameOf(String field, boolean isList, int index) {
        return isList ? field + "[" + index + "]" : field;
    }
}
