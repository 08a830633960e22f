package dev.dragoman.training.data;

import org.jspecify.annotations.Nullable;

/** Says which entries of a corpus are not worth training on. Safe for use by many threads. */
interface EntryFilter {
    /** Why the text is left out, or null if it is kept so far. */
    @Nullable
    SkipReason rejectText(SentencePair pair);

    /**
     * Why an entry of these lengths is left out, or null if it is kept.
     *
     * @param sourceLength ids without control pieces
     * @param targetLength likewise
     */
    @Nullable
    SkipReason rejectLengths(int sourceLength, int targetLength);
}
