package dev.dragoman.inference.search;

import org.jspecify.annotations.Nullable;

/**
 * The network as a search sees it: rows of decoder state over encoded sources, advanced one token at a time.
 *
 * <p>Sentences are admitted at any time, whether rows are left or not. Rows do not influence one another: what a row returns is the same
 * in any company. Confined to one thread; the caller closes it.
 */
public interface DecoderSession extends AutoCloseable {
    /** How many rows are live; may be none. */
    int rows();

    /**
     * Adds one row per sentence behind the live ones, at the start of its translation.
     *
     * @param sources ids as the network reads them, with prefix and end symbol
     * @param shortlists of each sentence the only ids that its translation may have, ascending, or null for one that may have all; null where
     *     all may
     */
    void admit(int[][] sources, int @Nullable [] @Nullable [] shortlists);

    /** Number of source tokens, padding excluded, that {@code row} attends to. */
    int sourceLength(int row);

    /**
     * Feeds each live row its last token and returns the best continuations, which are valid until the next call.
     *
     * @param lastIds {@code [rows]}, one id per live row; {@code bosId} at the first step of a sentence. Not kept
     * @param candidates how many continuations to return per row, best first, ties to the lower id; a session whose vocabulary is
     *     smaller returns the whole vocabulary
     * @param attention whether to return the attention probabilities of this step
     * @param scored of each row the ids whose log probabilities are wanted whatever their rank, or null for a row without; null where no
     *     row has any, which costs nothing. Not kept
     */
    Candidates step(int[] lastIds, int candidates, boolean attention, int @Nullable [] @Nullable [] scored);

    /**
     * Makes the rows of the next step: new row {@code i} continues old row {@code origins[i]}. A row may be continued several
     * times or not at all; the number of rows may grow or shrink, also to none. Between two steps it is called once or, where every row
     * continues itself, not at all.
     *
     * @param origins not kept
     */
    void reorder(int[] origins);

    @Override
    void close();
}
