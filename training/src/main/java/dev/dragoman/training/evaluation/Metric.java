package dev.dragoman.training.evaluation;

import java.util.List;

/**
 * A score of a corpus that is a function of numbers counted in each segment and added up over all: what resampling needs, since the
 * segments are counted once and only added up again. Thread-safe.
 */
public interface Metric {
    /** What it is called in print, such as {@code chrF2++}. */
    String name();

    /**
     * Counts a segment.
     *
     * @param references at least one
     * @return the statistics, of the same length for every segment
     */
    double[] statistics(String hypothesis, List<String> references);

    /** The score of a corpus or a sentence, 0 to 100, from the sums of its statistics. TER has no upper limit. */
    double score(double[] sums, Rounding rounding);

    /** What the score is made of, in sacreBLEU's form; empty if there is nothing to say. */
    default String details(double[] sums) {
        return "";
    }

    /**
     * Whether the score of a sample is itself of 32 bits in sacreBLEU, rather than only what it is made of. It decides in which
     * precision means are taken.
     */
    boolean samplesInSingle();

    /** The settings, for a number of references per segment. */
    Signature signature(int references);

    /** The same metric as it is taken of single sentences. */
    default Metric ofSentences() {
        return this;
    }
}
