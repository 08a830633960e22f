package dev.dragoman.training;

import java.util.List;

/**
 * A validation.
 *
 * @param update updates done before it
 * @param directions one entry per development corpus; a language model of several has one more, over them all, at the end
 */
public record ValidationReport(int update, List<Direction> directions) {
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
