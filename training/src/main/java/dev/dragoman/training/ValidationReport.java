package dev.dragoman.training;

import java.util.List;

/**
 * A validation.
 *
 * @param update updates done before it
 * @param directions one entry per development corpus; a language model of several has one more, over them all, at the end
 * @param samples some of the translations, the same sentences at every validation of a run; none of a language model
 */
public record ValidationReport(int update, List<Direction> directions, List<Sample> samples) {
    /** Without translations to show. */
    public ValidationReport(int update, List<Direction> directions) {
        this(update, directions, List.of());
    }

    /**
     * A sentence of a development corpus and its greedy translation.
     *
     * @param direction for example {@code en-fr}
     * @param sentence its number in the corpus, from 0
     */
    public record Sample(String direction, int sentence, String source, String reference, String translation) {}

    /**
     * One development corpus.
     *
     * @param name for example {@code en-fr}
     * @param negativeLogLikelihood natural log, per target token
     * @param wordPerplexity of a language model, per word, the end of a sentence counted as one; NaN of a translation model
     * @param bleu of greedy translations of the sentences that the recipe asks for; NaN of a language model
     * @param chrf likewise
     */
    public record Direction(
            String name, double negativeLogLikelihood, double wordPerplexity, double bleu, double chrf) {

        /** Of a translation model. */
        public Direction(String name, double negativeLogLikelihood, double bleu, double chrf) {
            this(name, negativeLogLikelihood, Double.NaN, bleu, chrf);
        }

        /** Per target token. */
        public double perplexity() {
            return Math.exp(negativeLogLikelihood);
        }
    }

    /** Mean over directions. */
    public double meanBleu() {
        return directions.stream().mapToDouble(Direction::bleu).average().orElse(0);
    }
}
