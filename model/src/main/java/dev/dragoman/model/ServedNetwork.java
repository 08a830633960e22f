package dev.dragoman.model;

import dev.dragoman.model.mixture.ExpertCacheStatistics;
import dev.dragoman.model.mixture.ExpertUsage;
import java.util.Map;
import java.util.Optional;

/**
 * The network of an opened model, by whatever computes it.
 *
 * <p>Safe for use by many threads, each with its own {@link Decoding}. Close it after every decoding over it is closed.
 */
public interface ServedNetwork extends AutoCloseable {
    /**
     * Encodes sentences and opens the decoding of their translations, one row each.
     *
     * @param sources ids of each sentence with prefix and end symbol, none empty; may be none, for a decoding that only admits
     * @throws IllegalArgumentException if a sentence is empty, or an id is outside the vocabulary
     */
    Decoding decode(int[][] sources);

    /** Whether a list of the pieces that a translation may have saves work: where not, it is better left out. */
    boolean gainsByShortlists();

    /** For people: what computes it, and in which precision. */
    String computedBy();

    /** How much each expert has computed since the network was opened, by the path of its layer; empty for a dense network. */
    Map<String, ExpertUsage> expertUsage();

    /** What the cache of experts on the device has done; empty if there is none. */
    Optional<ExpertCacheStatistics> expertCache();

    @Override
    void close();
}
