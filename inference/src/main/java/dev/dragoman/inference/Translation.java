package dev.dragoman.inference;

import java.util.List;

/**
 * The translation of one sentence.
 *
 * @param hypotheses best first; at least one, at most as many as {@link TranslationOptions#nBest()}
 * @param sourceTokens number of source tokens that were read
 */
public record Translation(List<Hypothesis> hypotheses, int sourceTokens) {
    /** The best text. */
    public String text() {
        return hypotheses.get(0).text();
    }

    /**
     * One finished target sentence.
     *
     * @param text the target text
     * @param score normalised score: natural log probability under the length and coverage penalties
     * @param tokens number of target tokens, the end symbol included
     * @param truncated whether it ended at the length limit instead of at {@code </s>}
     * @param alignment for each word of the text, words being what stands between white space, the index of the source word that was attended to
     *     most; empty unless {@link TranslationOptions#alignments()}
     * @param unmet how many required phrases of {@link TranslationConstraints} are missing; above 0 only where truncated
     */
    public record Hypothesis(
            String text, double score, int tokens, boolean truncated, List<Integer> alignment, int unmet) {
        public Hypothesis {
            alignment = List.copyOf(alignment);
        }

        /** A hypothesis that has all that is required. */
        public Hypothesis(String text, double score, int tokens, boolean truncated, List<Integer> alignment) {
            this(text, score, tokens, truncated, alignment, 0);
        }

        /** A hypothesis without alignment. */
        public Hypothesis(String text, double score, int tokens, boolean truncated) {
            this(text, score, tokens, truncated, List.of());
        }
    }
}
