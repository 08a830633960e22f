package dev.dragoman.model;

import dev.dragoman.model.layer.PaddedIds;
import org.jspecify.annotations.Nullable;

/**
 * Sentences to learn from or to be measured on.
 *
 * @param source with prefix and end symbol; null for a language model
 * @param targetInput begins with {@code bosId}
 * @param targetOutput the same sentences, ending with {@code eosId} instead
 */
public record TokenBatch(@Nullable PaddedIds source, PaddedIds targetInput, PaddedIds targetOutput) {
    /** Target tokens, the end symbols included. */
    public int tokens() {
        return targetOutput.tokens();
    }

    /** Sentences {@code from} to {@code to}. */
    public TokenBatch part(int from, int to) {
        return new TokenBatch(
                source == null ? null : source.part(from, to), targetInput.part(from, to), targetOutput.part(from, to));
    }
}
