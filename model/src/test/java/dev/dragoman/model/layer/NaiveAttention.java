package dev.dragoman.model.layer;

import ai.djl.nn.Parameter;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import java.util.Map;

/** Attention with loops over single numbers, in double precision, over the real positions of one sentence. */
final class NaiveAttention {
    private final double[][] u;
    private final double[][] w;
    private final double[] v;
    private final Score score;

    /** The parameters are those of a {@link SourceAttention}. */
    NaiveAttention(Map<String, Parameter> parameters, String path, Score score) {
        u = NaiveLstm.matrix(parameters.get(path + "source").getArray());
        w = NaiveLstm.matrix(parameters.get(path + "query").getArray());
        v = NaiveLstm.vector(parameters.get(path + "score").getArray());
        this.score = score;
    }

    double[] weights(double[][] memory, double[] query) {
        double[] asked = NaiveLstm.times(w, query);
        double[] weights = new double[memory.length];
        double sum = 0;
        for (int s = 0; s < memory.length; s++) {
            double[] key = NaiveLstm.times(u, memory[s]);
            double points = 0;
            for (int a = 0; a < v.length; a++) {
                points += v[a]
                        * (score == Score.ADDITIVE
                                ? Math.tanh(key[a] + asked[a])
                                : Math.tanh(key[a]) * Math.tanh(asked[a]));
            }
            weights[s] = Math.exp(points);
            sum += weights[s];
        }
        for (int s = 0; s < weights.length; s++) {
            weights[s] /= sum;
        }
        return weights;
    }

    double[] context(double[][] memory, double[] query) {
        return mean(memory, weights(memory, query));
    }

    static double[] mean(double[][] memory, double[] weights) {
        double[] result = new double[memory[0].length];
        for (int s = 0; s < weights.length; s++) {
            for (int d = 0; d < result.length; d++) {
                result[d] += weights[s] * memory[s][d];
            }
        }
        return result;
    }
}
