package dev.dragoman.inference;

import java.util.concurrent.CompletableFuture;

/**
 * Translations that share a decoder's rows: sentences of any pair and with any options enter and leave at every step.
 *
 * <p>A session does nothing by itself: whoever opened it calls {@link #step} as long as it returns true. Confined to that thread, but for
 * the futures, which any thread may cancel; the sentence then leaves before the next step, in the middle of its translation too. A
 * translation is the same, to the last id, as that of the sentence translated alone.
 *
 * <p>When {@link #step} throws, no future of the session is completed any more: close it, and submit what was in it to another.
 */
public interface TranslationSession extends AutoCloseable {
    /**
     * How full the session is.
     *
     * @param sentences that are in, those not yet begun included
     * @param rows hypotheses that took part in the last step
     * @param sourceTokens of the sentences that are in, language pieces and end symbols included
     * @param paddedTokens the same, every sentence padded to the longest
     */
    record Occupancy(int sentences, int rows, int sourceTokens, int paddedTokens) {}

    Occupancy occupancy();

    /**
     * Begins the translation of a sentence at the next step. How many may be in is the caller's to decide.
     *
     * @return completed in a {@link #step}, or exceptionally with {@link IllegalStateException} if the network returned numbers for it that are
     *     no probabilities; already completed for a sentence without tokens
     * @throws IllegalArgumentException if the pair is not served, or the sentence is too long; the message names limit and value
     * @throws IllegalStateException if the translator is closed
     */
    CompletableFuture<Translation> submit(String sentence, LanguagePair pair, TranslationOptions options);

    /**
     * Advances all sentences by one token and completes the futures of those that end.
     *
     * @return false if there was none
     * @throws IllegalStateException if the translator is closed
     */
    boolean step();

    /** Frees the rows. Futures that are not completed never will be. */
    @Override
    void close();
}
