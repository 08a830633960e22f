package dev.dragoman.training.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * What a metric has counted in each segment of a system's output.
 *
 * @param metric that counted
 * @param segments the statistics of every segment
 * @param references how many there are of each segment
 */
public record CorpusStatistics(Metric metric, List<double[]> segments, int references) {
    /**
     * Counts a corpus.
     *
     * @param references one list per translator, each as long as the hypotheses
     * @throws IllegalArgumentException if the lists differ in length or are empty
     */
    public static CorpusStatistics of(Metric metric, List<String> hypotheses, List<List<String>> references) {
        requireAligned(hypotheses, references);
        List<double[]> segments = new ArrayList<>(hypotheses.size());
        for (int i = 0; i < hypotheses.size(); i++) {
            int segment = i;
            segments.add(metric.statistics(
                    hypotheses.get(i),
                    references.stream().map(texts -> texts.get(segment)).toList()));
        }
        return new CorpusStatistics(metric, segments, references.size());
    }

    private static void requireAligned(List<String> hypotheses, List<List<String>> references) {
        if (hypotheses.isEmpty() || references.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one hypothesis and one reference, but there are "
                    + hypotheses.size() + " and " + references.size());
        }
        for (List<String> texts : references) {
            if (texts.size() != hypotheses.size()) {
                throw new IllegalArgumentException("there must be as many hypotheses as references, but there are "
                        + hypotheses.size() + " and " + texts.size());
            }
        }
    }

    /** The sums over all segments. */
    public double[] sums() {
        double[] sums = new double[segments.get(0).length];
        for (double[] segment : segments) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += segment[i];
            }
        }
        return sums;
    }

    /** The score of the corpus. */
    public Score score() {
        return score(sums());
    }

    /** The score of every segment by itself; see {@link Metric#ofSentences}. */
    public List<Score> sentenceScores() {
        return segments.stream().map(this::score).toList();
    }

    private Score score(double[] sums) {
        return new Score(
                metric.name(),
                metric.score(sums, Rounding.DOUBLE),
                null,
                metric.details(sums),
                metric.signature(references));
    }
}
