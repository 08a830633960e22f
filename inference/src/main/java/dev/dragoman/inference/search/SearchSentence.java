package dev.dragoman.inference.search;

import org.jspecify.annotations.Nullable;

/**
 * What is searched for one sentence.
 *
 * @param source ids as the session takes them, with prefix and end symbol; at least one
 * @param maximumLength the most target tokens, {@code </s>} included; at least 1
 * @param constraint what the target has to be; null if it may be anything
 * @param shortlist the only ids that the target may have, ascending; null for all
 */
public record SearchSentence(
        int[] source,
        int maximumLength,
        SearchOptions options,
        @Nullable TargetConstraint constraint,
        int @Nullable [] shortlist) {}
