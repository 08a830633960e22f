package dev.dragoman.training.data;

import org.jspecify.annotations.Nullable;

/**
 * Says which pairs are not worth training on.
 *
 * @param maximumTokens the longest side that is kept, in ids without control pieces, 1 to {@value #LONGEST}; a pair that is
 *     longer is left out, never cut
 * @param maximumLengthRatio how many times as many ids one side may have as the other, at least 1; infinity disables
 * @param lengthSlack ids by which the longer side may exceed the ratio, so that short strings are let off ({@code OK} and
 *     {@code In Ordnung} are a good pair); 0 disables
 * @param keepIdentical whether pairs with the same text on both sides are kept; they teach the model to leave text alone
 */
public record PairFilter(int maximumTokens, double maximumLengthRatio, int lengthSlack, boolean keepIdentical)
        implements EntryFilter {
    /** Lengths are stored in 16 bits. */
    static final int LONGEST = 32_767;

    /** What suits sentences of 8,000 to 32,000 pieces vocabularies. */
    public static final PairFilter DEFAULT = new PairFilter(128, 2.5, 8, false);

    /** Keeps all that can be encoded at all: for development and test sets, where every pair counts. */
    public static final PairFilter NONE = new PairFilter(LONGEST, Double.POSITIVE_INFINITY, 0, true);

    public PairFilter {
        if (maximumTokens < 1 || maximumTokens > LONGEST) {
            throw new IllegalArgumentException(
                    "maximumTokens must be from 1 to " + LONGEST + ", but is " + maximumTokens);
        }
        if (!(maximumLengthRatio >= 1)) {
            throw new IllegalArgumentException("maximumLengthRatio must be at least 1, but is " + maximumLengthRatio);
        }
        if (lengthSlack < 0) {
            throw new IllegalArgumentException("lengthSlack must not be negative, but is " + lengthSlack);
        }
    }

    @Override
    public @Nullable SkipReason rejectText(SentencePair pair) {
        if (pair.source().isBlank() || pair.target().isBlank()) {
            return SkipReason.EMPTY_SIDE;
        }
        if (hasControlCharacter(pair.source()) || hasControlCharacter(pair.target())) {
            return SkipReason.CONTROL_CHARACTER;
        }
        return !keepIdentical && pair.source().equals(pair.target()) ? SkipReason.IDENTICAL_SIDES : null;
    }

    @Override
    public @Nullable SkipReason rejectLengths(int sourceLength, int targetLength) {
        int shorter = Math.min(sourceLength, targetLength);
        int longer = Math.max(sourceLength, targetLength);
        if (shorter == 0) {
            return SkipReason.EMPTY_SIDE;
        }
        if (longer > maximumTokens) {
            return SkipReason.TOO_LONG;
        }
        return longer > maximumLengthRatio * shorter + lengthSlack ? SkipReason.LENGTH_RATIO : null;
    }

    static boolean hasControlCharacter(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
