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
    private final int heads;

    /** Of one head; the parameters are those of a {@link SourceAttention}. */
    NaiveAttention(Map<String, Parameter> parameters, String path, Score score) {
        this(parameters, path, score, 1);
    }

    NaiveAttention(Map<String, Parameter> parameters, String path, Score score, int heads) {
        u = NaiveLstm.matrix(parameters.get(path + "source").getArray());
        w = NaiveLstm.matrix(parameters.get(path + "query").getArray());
        v = NaiveLstm.vector(parameters.get(path + "score").getArray());
        this.score = score;
        this.heads = heads;
    }

    /** The mean over the heads. */
    double[] weights(double[][] memory, double[] query) {
        double[] result = new double[memory.length];
        for (int head = 0; head < heads; head++) {
            double[] weights = weights(memory, query, head);
            for (int s = 0; s < result.length; s++) {
                result[s] += weights[s] / heads;
            }
        }
        return result;
    }

    private double[] weights(double[][] memory, double[] query, int head) {
        double[] asked = NaiveLstm.times(w, query);
        double[] weights = new double[memory.length];
        double sum = 0;
        for (int s = 0; s < memory.length; s++) {
            double[] key = NaiveLstm.times(u, memory[s]);
            double points = 0;
            for (int a = head * v.length / heads; a < (head + 1) * v.length / heads; a++) {
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

    /** Every head's mean of its own part of the memory. */
    double[] context(double[][] memory, double[] query) {
        int width = memory[0].length;
        double[] result = new double[width];
        for (int head = 0; head < heads; head++) {
            double[] weights = weights(memory, query, head);
            for (int d = head * width / heads; d < (head + 1) * width / heads; d++) {
                for (int s = 0; s < weights.length; s++) {
                    result[d] += weights[s] * memory[s][d];
                }
            }
        }
        return result;
    }
}
