package dev.dragoman.inference.faithful;

import java.util.List;

/**
 * The translation of one sentence with what was to arrive in it.
 *
 * @param hypotheses best first; at least one. Each has the slots of the source, in an order of its own
 * @param degenerate whether nothing better was found than a loop, an empty or truncated output, or the source itself; otherwise all
 *     hypotheses are sound
 * @param attempts how many ways were tried
 */
public record FaithfulTranslation(List<Hypothesis> hypotheses, boolean degenerate, int attempts) {
    public FaithfulTranslation {
        hypotheses = List.copyOf(hypotheses);
    }

    /** The best. */
    public Hypothesis best() {
        return hypotheses.get(0);
    }

    /**
     * One target sentence.
     *
     * @param text the target text
     * @param score normalised score, the lowest of its parts where it was translated in parts
     */
    public record Hypothesis(SlottedText text, double score) {}
}
