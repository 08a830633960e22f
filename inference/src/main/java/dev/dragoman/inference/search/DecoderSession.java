package dev.dragoman.inference.search;

/**
 * The network as a search sees it: rows of decoder state over encoded sources, advanced one token at a time.
 *
 * <p>A session opens with one row per source sentence, in the order given. Rows do not influence one another: what a row returns is
 * the same in any company. Confined to one thread; the caller closes it.
 */
public interface DecoderSession extends AutoCloseable {
    /** How many rows are live. */
    int rows();

    /** Number of source tokens, padding excluded, that {@code row} attends to. */
    int sourceLength(int row);

    /**
     * Feeds each live row its last token and returns the best continuations.
     *
     * @param lastIds {@code [rows]}, one id per live row; {@code bosId} at the first step
     * @param candidates how many continuations to return per row, best first, ties to the lower id; a session whose vocabulary is
     *     smaller returns the whole vocabulary
     * @param attention whether to return the attention probabilities of this step
     */
    Candidates step(int[] lastIds, int candidates, boolean attention);

    /**
     * Makes the rows of the next step: new row {@code i} continues old row {@code origins[i]}. A row may be continued several
     * times or not at all; the number of rows may grow or shrink. Between two steps it is called once or, where every row continues
     * itself, not at all.
     */
    void reorder(int[] origins);

    @Override
    void close();
}
