package dev.dragoman.app.sentences;

/**
 * How long a decoder's step takes by the number of sentences in it: a straight line through the steps of late, least squares in which each
 * counts a little less than the one after it. Not safe for use by many threads.
 */
final class StepTimes {
    /** What is left of a step's weight after the next one. */
    private static final double KEPT = 0.98;

    /** Below this variance the steps are about alike, and say nothing of a slope. */
    private static final double LEAST_VARIANCE = 1;

    private double weight;
    private double sentences;
    private double nanos;
    private double squares;
    private double products;

    /** A step of {@code count} sentences took so long. */
    void record(int count, long took) {
        weight = KEPT * weight + 1;
        sentences = KEPT * sentences + count;
        nanos = KEPT * nanos + took;
        squares = KEPT * squares + (double) count * count;
        products = KEPT * products + (double) count * took;
    }

    /** Nanoseconds of a step of {@code count} sentences, no less than nothing; 0 before anything was measured. */
    double of(int count) {
        if (weight == 0) {
            return 0;
        }
        double meanSentences = sentences / weight;
        double meanNanos = nanos / weight;
        double variance = squares / weight - meanSentences * meanSentences;
        // Where the line is not known, more sentences take longer in proportion, and fewer as long: never too short.
        double slope = variance < LEAST_VARIANCE
                ? (count > meanSentences ? meanNanos / Math.max(1, meanSentences) : 0)
                : (products / weight - meanSentences * meanNanos) / variance;
        return Math.max(0, meanNanos + Math.max(0, slope) * (count - meanSentences));
    }
}
