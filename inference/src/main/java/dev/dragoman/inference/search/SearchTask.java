package dev.dragoman.inference.search;

import java.util.List;

/** A sentence in a search, and who is told what was found. All methods but {@link #isCancelled} are called by the search's thread alone. */
public interface SearchTask {
    /** Always the same object. */
    SearchSentence wanted();

    /** Whether nobody waits for it any more; asked before every step. */
    default boolean isCancelled() {
        return false;
    }

    /**
     * The end of the search, told once unless the sentence was cancelled. Must not throw.
     *
     * @param hypotheses at least one and at most {@code nBest}, best first
     */
    void found(List<Hypothesis> hypotheses);

    /**
     * The end without a result: of this sentence the network returned numbers that are no log probabilities. The others go on. Must not
     * throw.
     */
    void failed(InvalidCandidatesException fault);
}
