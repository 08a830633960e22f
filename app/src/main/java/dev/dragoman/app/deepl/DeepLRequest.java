package dev.dragoman.app.deepl;

import dev.dragoman.app.translation.ValidRequest;
import org.jspecify.annotations.Nullable;

/**
 * A translation request that can be answered.
 *
 * @param valid what to translate
 * @param withCharacters whether the answer tells the number of characters of each text
 * @param modelType the type of model to be named in the answer; null if none was asked for
 */
record DeepLRequest(
        ValidRequest valid,
        boolean withCharacters,
        @Nullable String modelType) {}
