package dev.dragoman.training;

import java.util.List;

/**
 * A validation.
 *
 * @param update updates done before it
 * @param directions one entry per development corpus
 */
public record ValidationReport(int update, List<Direction> directions) {
    /**
     * One development corpus.
     *
     * @param name for example {@code en-fr}
     * @param negativeLogLikelihood natural log, per target token, over the whole corpus
     * @param bleu of greedy translations of the sentences that the recipe asks for
     * @param chrf likewise
     */
    public record Direction(String name, double negativeLogLikelihood, double bleu, double chrf) {
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
