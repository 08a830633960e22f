package dev.dragoman.model.layer;

import ai.djl.nn.Parameter;
import java.util.Map;
import java.util.stream.IntStream;

/** Equation 1 of Shazeer et al. 2017 without noise, with loops over single numbers, in double precision. */
final class NaiveMixture {
    private final double[][] gate;
    private final double[][] hidden;
    private final double[][] output;
    private final int perRow;

    /** The parameters are those of a mixture layer. */
    NaiveMixture(Map<String, Parameter> parameters, String path, int perRow) {
        gate = NaiveLstm.matrix(parameters.get(path + "gate").getArray());
        hidden = NaiveLstm.matrix(parameters.get(path + "hidden").getArray());
        output = NaiveLstm.matrix(parameters.get(path + "output").getArray());
        this.perRow = perRow;
    }

    double[] of(double[] x) {
        int width = x.length;
        int experts = gate[0].length;
        int units = output[0].length;
        double[] logits = new double[experts];
        for (int d = 0; d < width; d++) {
            for (int e = 0; e < experts; e++) {
                logits[e] += x[d] * gate[d][e];
            }
        }
        double[] gates = gates(logits);
        double[] y = new double[width];
        for (int e = 0; e < experts; e++) {
            double[] h = times(hidden, e * units, units, x);
            for (int i = 0; i < units; i++) {
                h[i] = Math.max(0, h[i]);
            }
            double[] one = times(output, e * width, width, h);
            for (int d = 0; d < width; d++) {
                y[d] += gates[e] * one[d];
            }
        }
        return y;
    }

    /** Softmax over the k largest logits, zero elsewhere. */
    private double[] gates(double[] logits) {
        double[] gates = new double[logits.length];
        double sum = 0;
        for (int e = 0; e < logits.length; e++) {
            double own = logits[e];
            long larger = IntStream.range(0, logits.length)
                    .filter(other -> logits[other] > own)
                    .count();
            gates[e] = larger < perRow ? Math.exp(own) : 0;
            sum += gates[e];
        }
        for (int e = 0; e < gates.length; e++) {
            gates[e] /= sum;
        }
        return gates;
    }

    /** So many rows of a matrix, {@code from} the first, times x. */
    private static double[] times(double[][] matrix, int from, int rows, double[] x) {
        double[] y = new double[rows];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < x.length; j++) {
                y[i] += matrix[from + i][j] * x[j];
            }
        }
        return y;
    }
}
