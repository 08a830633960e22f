package dev.dragoman.training.shortlist;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The work of one thread: the expected counts of one target piece after the other. */
final class Expectation {
    private final Bitext text;
    private final Occurrences occurrences;
    private final double nullProbability;
    private final AlignmentPrior prior;
    private final double[] probabilities;
    private final double[] counts;
    private final boolean[] met;
    private char[] sources;
    private double[] weights = new double[64];
    private double nullProbabilityOfPiece;
    private double nullCount;
    private double logLikelihood;

    Expectation(Bitext text, Occurrences occurrences, int vocabularySize, LexicalOptions options) {
        this.text = text;
        this.occurrences = occurrences;
        nullProbability = options.nullProbability();
        prior = new AlignmentPrior(options.tension());
        probabilities = new double[vocabularySize];
        counts = new double[vocabularySize];
        met = new boolean[vocabularySize];
        sources = new char[vocabularySize];
    }

    /** The counts of a piece, given those of the round before, if there was one. */
    PieceCounts of(int piece, @Nullable PieceCounts before, Translations translations) {
        char[] keys;
        if (before == null) {
            keys = meet(piece);
            for (char source : keys) {
                probabilities[source] = 1.0 / probabilities.length;
            }
            nullProbabilityOfPiece = 1.0 / probabilities.length;
        } else {
            keys = before.sources();
            for (int k = 0; k < keys.length; k++) {
                probabilities[keys[k]] = translations.of(keys[k], before.counts()[k]);
            }
            nullProbabilityOfPiece = translations.ofNull(before.nullCount());
        }
        nullCount = 0;
        logLikelihood = 0;
        for (int at = occurrences.first(piece); at < occurrences.first(piece + 1); at++) {
            add(occurrences.pair(at), occurrences.position(at));
        }
        float[] found = new float[keys.length];
        for (int k = 0; k < keys.length; k++) {
            found[k] = (float) counts[keys[k]];
            counts[keys[k]] = 0;
        }
        return new PieceCounts(keys, found, nullCount, logLikelihood);
    }

    /** The source pieces that a target piece meets, ascending. */
    private char[] meet(int piece) {
        int size = 0;
        int last = -1;
        for (int at = occurrences.first(piece); at < occurrences.first(piece + 1); at++) {
            int pair = occurrences.pair(at);
            if (pair == last) {
                continue;
            }
            last = pair;
            for (int token = text.sourceStart(pair); token < text.sourceStart(pair + 1); token++) {
                int source = text.source(token);
                if (!met[source]) {
                    met[source] = true;
                    sources[size++] = (char) source;
                }
            }
        }
        char[] keys = Arrays.copyOf(sources, size);
        Arrays.sort(keys);
        for (char key : keys) {
            met[key] = false;
        }
        return keys;
    }

    /** Shares one token out among those that it may come from. */
    private void add(int pair, int position) {
        int first = text.sourceStart(pair);
        int length = text.sourceStart(pair + 1) - first;
        if (weights.length < length) {
            weights = new double[2 * length];
        }
        prior.fill(weights, length, position, text.targetStart(pair + 1) - text.targetStart(pair));
        double ofNull = nullProbability * nullProbabilityOfPiece;
        double sum = ofNull;
        for (int i = 0; i < length; i++) {
            double joint = (1 - nullProbability) * weights[i] * probabilities[text.source(first + i)];
            weights[i] = joint;
            sum += joint;
        }
        for (int i = 0; i < length; i++) {
            counts[text.source(first + i)] += weights[i] / sum;
        }
        nullCount += ofNull / sum;
        logLikelihood += Math.log(sum);
    }
}
