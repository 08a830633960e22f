package dev.dragoman.training.data;

import org.jspecify.annotations.Nullable;

/**
 * Says which sentences of a language model's text are not worth training on; they are pairs with an empty source.
 *
 * @param maximumTokens the longest that is kept, in ids without control pieces, 1 to {@value PairFilter#LONGEST}
 */
record SentenceFilter(int maximumTokens) implements EntryFilter {
    SentenceFilter {
        if (maximumTokens < 1 || maximumTokens > PairFilter.LONGEST) {
            throw new IllegalArgumentException(
                    "maximumTokens must be from 1 to " + PairFilter.LONGEST + ", but is " + maximumTokens);
        }
    }

    @Override
    public @Nullable SkipReason rejectText(SentencePair pair) {
        if (pair.target().isBlank()) {
            return SkipReason.EMPTY_SIDE;
        }
        return PairFilter.hasControlCharacter(pair.target()) ? SkipReason.CONTROL_CHARACTER : null;
    }

    @Override
    public @Nullable SkipReason rejectLengths(int sourceLength, int targetLength) {
        if (targetLength == 0) {
            return SkipReason.EMPTY_SIDE;
        }
        return targetLength > maximumTokens ? SkipReason.TOO_LONG : null;
    }
}
