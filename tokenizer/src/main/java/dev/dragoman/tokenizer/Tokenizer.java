package dev.dragoman.tokenizer;

/**
 * Turns text into piece ids and back.
 *
 * <p>Law: for normalised text {@code t} without control characters, {@code decode(encode(t)).equals(t)}. Neither direction adds or
 * expects {@code <s>} or {@code </s>}; text that spells a control piece is encoded as ordinary characters.
 *
 * <p>Implementations are safe for use by many threads. After {@link #close()} every other method throws
 * {@link IllegalStateException}; closing again does nothing.
 */
public interface Tokenizer extends AutoCloseable {
    /**
     * Ids of the pieces of {@code text}; empty for empty or blank text. Never contains a control piece. Any string is accepted, of any
     * length: limits are the caller's, and the time taken grows with the length.
     */
    int[] encode(String text);

    /**
     * The text that the pieces spell; control pieces are left out.
     *
     * @throws IllegalArgumentException if an id is outside the vocabulary
     */
    String decode(int[] ids);

    /** The pieces behind the ids. */
    Vocabulary vocabulary();

    /** Releases native memory, after the calls that other threads are in have returned. */
    @Override
    void close();
}
