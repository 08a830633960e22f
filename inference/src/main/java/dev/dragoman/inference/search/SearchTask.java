package dev.dragoman.inference.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sentence to be searched, and who is told what was found. All methods but {@link #isCancelled} are called by the search's thread alone. */
public interface SearchTask {
    /** Ids as the session takes them, with prefix and end symbol; at least one. */
    int[] source();

    /** The most target tokens, {@code </s>} included; at least 1. */
    int maximumLength();

    SearchOptions options();

    /** What the target has to be; null if it may be anything, which then costs nothing. Always the same object. */
    default @Nullable TargetConstraint constraint() {
        return null;
    }

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
