package dev.dragoman.app.libretranslate;

import java.util.List;
import java.util.Map;
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
 * @param glossary field {@code glossary}, empty if there is none: objects of {@code source} and {@code target}
 * @param banned field {@code banned}, empty if there is none
 * @param targetPrefix field {@code target_prefix}, or null
 */
record TranslationRequest(
        List<String> texts,
        boolean isList,
        String source,
        String target,
        @Nullable String format,
        @Nullable String alternatives,
        List<Map<String, String>> glossary,
        List<String> banned,
        @Nullable String targetPrefix) {
    /** A request that leaves the words to the model. */
    TranslationRequest(
            List<String> texts,
            boolean isList,
            String source,
            String target,
            @Nullable String format,
            @Nullable String alternatives) {
        this(texts, isList, source, target, format, alternatives, List.of(), List.of(), null);
    }

    /** Whether the source is to be detected. */
    boolean isAuto() {
        return source.equalsIgnoreCase("auto");
    }
}
