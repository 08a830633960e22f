package dev.dragoman.training.shortlist;

import java.util.Arrays;
import java.util.List;

/** The formulas of {@link LexicalModel} as they are written, over all pieces, in loops. */
final class NaiveLexicalModel {
    private final List<int[]> sources;
    private final List<int[]> targets;
    private final int vocabularySize;
    private final LexicalOptions options;

    NaiveLexicalModel(List<int[]> sources, List<int[]> targets, int vocabularySize, LexicalOptions options) {
        this.sources = sources;
        this.targets = targets;
        this.vocabularySize = vocabularySize;
        this.options = options;
    }

    /** {@code [V][V]}, how often each source piece became each target piece. */
    double[][] counts() {
        // The last row is that of the null word.
        double[][] probabilities = new double[vocabularySize + 1][vocabularySize];
        for (double[] row : probabilities) {
            Arrays.fill(row, 1.0 / vocabularySize);
        }
        double[][] counts = new double[0][];
        for (int round = 0; round < options.iterations(); round++) {
            counts = new double[vocabularySize + 1][vocabularySize];
            for (int pair = 0; pair < sources.size(); pair++) {
                expect(sources.get(pair), targets.get(pair), probabilities, counts);
            }
            for (int source = 0; source <= vocabularySize; source++) {
                probabilities[source] = maximised(source, counts[source]);
            }
        }
        return counts;
    }

    private void expect(int[] source, int[] target, double[][] probabilities, double[][] counts) {
        for (int j = 1; j <= target.length; j++) {
            int piece = target[j - 1];
            double[] joint = new double[source.length + 1];
            double z = 0;
            for (int i = 1; i <= source.length; i++) {
                z += diagonal(i, j, source.length, target.length);
            }
            double sum = 0;
            for (int i = 1; i <= source.length; i++) {
                joint[i] = (1 - options.nullProbability())
                        * diagonal(i, j, source.length, target.length)
                        / z
                        * probabilities[source[i - 1]][piece];
                sum += joint[i];
            }
            joint[0] = options.nullProbability() * probabilities[vocabularySize][piece];
            sum += joint[0];
            for (int i = 1; i <= source.length; i++) {
                counts[source[i - 1]][piece] += joint[i] / sum;
            }
            counts[vocabularySize][piece] += joint[0] / sum;
        }
    }

    private double diagonal(int i, int j, int sourceLength, int targetLength) {
        return Math.exp(-options.tension() * Math.abs((double) i / sourceLength - (double) j / targetLength));
    }

    private double[] maximised(int source, double[] counts) {
        double alpha = options.concentration();
        double[] probabilities = new double[vocabularySize];
        double total = 0;
        int kinds = 0;
        for (int target = 0; target < vocabularySize; target++) {
            total += counts[target];
            kinds += source == vocabularySize || everMeet(source, target) ? 1 : 0;
        }
        for (int target = 0; target < vocabularySize && total > 0; target++) {
            probabilities[target] = alpha == 0
                    ? counts[target] / total
                    : Math.exp(Digamma.of(counts[target] + alpha) - Digamma.of(total + alpha * kinds));
        }
        return probabilities;
    }

    private boolean everMeet(int source, int target) {
        for (int pair = 0; pair < sources.size(); pair++) {
            if (has(sources.get(pair), source) && has(targets.get(pair), target)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(int[] ids, int id) {
        return Arrays.stream(ids).anyMatch(other -> other == id);
    }
}
