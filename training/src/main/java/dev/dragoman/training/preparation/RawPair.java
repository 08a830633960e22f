package dev.dragoman.training.preparation;

import org.jspecify.annotations.Nullable;

/**
 * A pair as its file has it. Bytes that are not UTF-8 have become U+FFFD.
 *
 * @param source null if it is missing
 * @param target null if it is missing
 */
record RawPair(@Nullable String source, @Nullable String target) {}
