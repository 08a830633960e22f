package dev.dragoman.training.evaluation;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;

/**
 * How far a score is due to the choice of the test sentences: it is computed for many samples of as many sentences, drawn with
 * replacement (Koehn 2004).
 *
 * <p>The samples are those of sacreBLEU, and so are means, intervals and p-values, to the last digit; see {@link Pcg64} and
 * {@link Rounding}.
 *
 * @param samples how many, at least 2
 * @param seed of the random numbers, not negative
 */
public record Bootstrap(int samples, long seed) {
    /** What sacreBLEU takes unless told otherwise. */
    public static final Bootstrap DEFAULT = new Bootstrap(1000, 12345);
    /** One of so many samples is below the interval, and one above. */
    private static final int TAIL = 40;

    public Bootstrap {
        if (samples < 2 || seed < 0) {
            throw new IllegalArgumentException(
                    "samples must be at least 2 and seed 0, but they are " + samples + " and " + seed);
        }
    }

    /**
     * Scores every system on the same samples.
     *
     * @param systems all over the same segments; the metrics may differ
     * @return by system and sample
     */
    double[][] scores(List<CorpusStatistics> systems) {
        int segments = systems.get(0).segments().size();
        Pcg64 random = new Pcg64(seed);
        List<Sampled> sampled = systems.stream().map(Sampled::new).toList();
        double[][] scores = new double[systems.size()][samples];
        int[] chosen = new int[segments];
        for (int sample = 0; sample < samples; sample++) {
            for (int i = 0; i < segments; i++) {
                chosen[i] = random.below(segments);
            }
            for (int system = 0; system < scores.length; system++) {
                scores[system][sample] = sampled.get(system).score(chosen);
            }
        }
        return scores;
    }

    /** The interval of one system's score. */
    public Score withInterval(CorpusStatistics system) {
        Score score = system.score();
        double[] scores = scores(List.of(system))[0];
        Rounding rounding = rounding(system);
        return new Score(
                score.metric(),
                score.score(),
                new ConfidenceInterval(rounding.of(exactMean(scores)), halfWidth(scores, rounding)),
                score.details(),
                score.signature().with(this));
    }

    /**
     * Compares systems with the first, the baseline.
     *
     * @param systems the same metric of at least two systems over the same segments
     */
    public List<PairedScore> paired(List<CorpusStatistics> systems) {
        double[][] scores = scores(systems);
        Rounding rounding = rounding(systems.get(0));
        double baseline = systems.get(0).score().score();
        PairedScore[] results = new PairedScore[scores.length];
        for (int system = 0; system < scores.length; system++) {
            Score score = systems.get(system).score();
            ConfidenceInterval interval = new ConfidenceInterval(
                    PairwiseSum.mean(sorted(scores[system]), rounding), halfWidth(scores[system], rounding));
            Double pValue = system == 0
                    ? null
                    : pValue(scores[system], scores[0], Math.abs(baseline - score.score()), rounding);
            results[system] = new PairedScore(
                    new Score(
                            score.metric(),
                            score.score(),
                            interval,
                            score.details(),
                            score.signature().with(this)),
                    pValue);
        }
        return List.of(results);
    }

    /**
     * How likely a difference at least as large comes about by chance: the share of samples whose difference is farther above the mean
     * difference than that is above zero. One sample more is counted on either side, so it is never 0.
     */
    private static double pValue(double[] scores, double[] baseline, double difference, Rounding rounding) {
        double[] differences = new double[scores.length];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = Math.abs(rounding.of(scores[i] - baseline[i]));
        }
        double mean = PairwiseSum.mean(differences, rounding);
        double limit = rounding.of(difference);
        long above = Arrays.stream(differences)
                .filter(each -> rounding.of(each - mean) > limit)
                .count();
        return (above + 1.0) / (differences.length + 1);
    }

    private static Rounding rounding(CorpusStatistics system) {
        return system.metric().samplesInSingle() ? Rounding.SINGLE : Rounding.DOUBLE;
    }

    private static double halfWidth(double[] scores, Rounding rounding) {
        double[] sorted = sorted(scores);
        int lower = sorted.length / TAIL;
        int upper = sorted.length - lower - 1;
        return 0.5 * rounding.of(sorted[upper] - sorted[lower]);
    }

    private static double[] sorted(double[] scores) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    private static double exactMean(double[] scores) {
        BigDecimal sum = BigDecimal.ZERO;
        for (double score : scores) {
            sum = sum.add(new BigDecimal(score));
        }
        return sum.divide(BigDecimal.valueOf(scores.length), MathContext.DECIMAL128)
                .doubleValue();
    }

    /** A system's statistics in 32 bits. */
    private static final class Sampled {
        private final Metric metric;
        private final float[][] segments;

        Sampled(CorpusStatistics system) {
            metric = system.metric();
            segments = new float[system.segments().size()][];
            for (int i = 0; i < segments.length; i++) {
                double[] statistics = system.segments().get(i);
                segments[i] = new float[statistics.length];
                for (int j = 0; j < statistics.length; j++) {
                    segments[i][j] = (float) statistics[j];
                }
            }
        }

        double score(int[] chosen) {
            float[] sums = new float[segments[0].length];
            for (int segment : chosen) {
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += segments[segment][i];
                }
            }
            double[] wide = new double[sums.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = sums[i];
            }
            return metric.score(wide, Rounding.SINGLE);
        }
    }
}
