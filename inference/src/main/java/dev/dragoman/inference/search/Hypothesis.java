package dev.dragoman.inference.search;

import org.jspecify.annotations.Nullable;

/**
 * A target that a search returns.
 *
 * @param ids piece ids, without {@code <s>} and {@code </s>}; may be empty
 * @param logProbability natural logarithm of its probability, {@code </s>} included unless truncated
 * @param score its {@link NormalisedScore}, by which an n-best list is ordered
 * @param truncated whether it was cut at the maximum length, so that it has no {@code </s>}
 * @param unmet how many required phrases are missing; above 0 only where truncated
 * @param attention {@code [tokens][S]}, what each target token, {@code </s>} included, attended to; null unless
 *     {@link SearchOptions#alignments()}
 */
public record Hypothesis(
        int[] ids, double logProbability, double score, boolean truncated, int unmet, float @Nullable [][] attention) {

    /** Number of target tokens, {@code </s>} included where there is one. */
    public int tokens() {
        return truncated ? ids.length : ids.length + 1;
    }
}
