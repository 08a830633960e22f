package dev.dragoman.training.data;

/**
 * Which sentences have been met, by 64-bit hashes: some 13 bytes a sentence. Among 100 million sentences the odds that any two
 * different ones are taken for equal are 1 to 3,600.
 *
 * <p>Confined to one thread.
 */
public final class SentenceSet {
    private final HashSet64 hashes = new HashSet64();

    /** Whether the sentence is new; it is known from now on. */
    public boolean add(String sentence) {
        return hashes.add(TextHash.of(sentence));
    }
}
