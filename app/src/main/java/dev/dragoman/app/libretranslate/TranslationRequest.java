package dev.dragoman.app.libretranslate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as it was sent: the required fields are there and of the right type, nothing more is known.
 *
 * @param texts field {@code q}
 * @param isList whether {@code q} was a list, so that the answer is one too
 * @param source field {@code source}, a code or {@code auto}
 * @param target field {@code target}
 * @param format field {@code format}, or null
 * @param alternatives field {@code alternatives} as it was written, or null
 */
record TranslationRequest(
        List<String> texts,
        boolean isList,
        String source,
        String target,
        @Nullable String format,
        @Nullable String alternatives) {
    /** Whether the source is to be detected. */
    boolean isAuto() {
        return source.equalsIgnoreCase("auto");
    }
}
