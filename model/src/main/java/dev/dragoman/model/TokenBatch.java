package dev.dragoman.model;

import dev.dragoman.model.layer.PaddedIds;
import java.util.ArrayList;
import java.util.List;
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

    /**
     * The sentences in their order, cut into parts of about as many tokens, those of the source included. No part is empty.
     *
     * @param number how many parts, at least 1; where there are fewer sentences, as many as there are
     */
    public List<TokenBatch> parts(int number) {
        int sentences = targetInput.sentences();
        int count = Math.min(number, sentences);
        long[] before = tokensBefore();
        List<TokenBatch> parts = new ArrayList<>();
        int from = 0;
        for (int p = 1; p <= count; p++) {
            // At least a sentence for this part and for each of those to come.
            int to = from + 1;
            double border = (double) before[sentences] * p / count;
            while (to < sentences - (count - p) && Math.abs(before[to + 1] - border) <= Math.abs(before[to] - border)) {
                to++;
            }
            parts.add(part(from, to));
            from = to;
        }
        return parts;
    }

    /** Tokens of all sentences before each, and of all at the end. */
    private long[] tokensBefore() {
        long[] before = new long[targetInput.sentences() + 1];
        for (int b = 0; b < targetInput.sentences(); b++) {
            before[b + 1] = before[b] + targetInput.lengths()[b] + (source == null ? 0 : source.lengths()[b]);
        }
        return before;
    }

    /** Sentences {@code from} to {@code to}. */
    public TokenBatch part(int from, int to) {
        return new TokenBatch(
                source == null ? null : source.part(from, to), targetInput.part(from, to), targetOutput.part(from, to));
    }
}
