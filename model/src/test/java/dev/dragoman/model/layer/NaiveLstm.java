package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An LSTM layer with loops over single numbers, in double precision: what the kernels are held against. */
final class NaiveLstm {
    private final double[][] input;
    private final double[][] recurrent;
    private final double[] bias;
    private final double @Nullable [] gain;
    private final double @Nullable [][] projection;
    private final double[] cell;
    private double[] output;

    /** Starts from a zero state; the parameters are those of a {@link LstmLayer}. */
    NaiveLstm(Map<String, Parameter> parameters, String path) {
        input = matrix(parameters.get(path + "input").getArray());
        recurrent = matrix(parameters.get(path + "recurrent").getArray());
        bias = vector(parameters.get(path + "bias").getArray());
        Parameter normalised = parameters.get(path + "gain");
        gain = normalised == null ? null : vector(normalised.getArray());
        Parameter projected = parameters.get(path + "projection");
        projection = projected == null ? null : matrix(projected.getArray());
        cell = new double[bias.length / 4];
        output = new double[recurrent[0].length];
    }

    double[] step(double[] x) {
        int cells = cell.length;
        double[] gates = new double[4 * cells];
        for (int g = 0; g < gates.length; g++) {
            gates[g] = (gain == null ? bias[g] : 0) + dot(input[g], x) + dot(recurrent[g], output);
        }
        if (gain != null) {
            normalise(gates);
        }
        double[] hidden = new double[cells];
        for (int c = 0; c < cells; c++) {
            double i = sigmoid(gates[c]);
            double f = sigmoid(gates[cells + c]);
            double g = Math.tanh(gates[2 * cells + c]);
            double o = sigmoid(gates[3 * cells + c]);
            cell[c] = f * cell[c] + i * g;
            hidden[c] = o * Math.tanh(cell[c]);
        }
        output = projection == null ? hidden : times(projection, hidden);
        return output.clone();
    }

    /** Each of the four gates by itself, over its cells. */
    private void normalise(double[] gates) {
        int cells = cell.length;
        for (int gate = 0; gate < 4; gate++) {
            double mean = 0;
            for (int c = 0; c < cells; c++) {
                mean += gates[gate * cells + c] / cells;
            }
            double variance = 0;
            for (int c = 0; c < cells; c++) {
                variance += Math.pow(gates[gate * cells + c] - mean, 2) / cells;
            }
            for (int at = gate * cells; at < (gate + 1) * cells; at++) {
                gates[at] = (gates[at] - mean) / Math.sqrt(variance + 1e-6) * gain[at] + bias[at];
            }
        }
    }

    double[] output() {
        return output.clone();
    }

    static double[] times(double[][] matrix, double[] x) {
        double[] y = new double[matrix.length];
        for (int r = 0; r < y.length; r++) {
            y[r] = dot(matrix[r], x);
        }
        return y;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    static double[] vector(NDArray array) {
        float[] values = array.toFloatArray();
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    /** Rows of the last axis, all other axes flattened. */
    static double[][] matrix(NDArray array) {
        double[] all = vector(array);
        int columns = (int) array.getShape().get(array.getShape().dimension() - 1);
        double[][] result = new double[all.length / columns][columns];
        for (int r = 0; r < result.length; r++) {
            System.arraycopy(all, r * columns, result[r], 0, columns);
        }
        return result;
    }

    /** Of a sequence {@code [T, B, D]}: the first {@code length} steps of one sentence. */
    static double[][] sentence(NDArray sequence, int sentence, int length) {
        double[][] all = matrix(sequence);
        int sentences = (int) sequence.getShape().get(1);
        double[][] result = new double[length][];
        for (int t = 0; t < length; t++) {
            result[t] = all[t * sentences + sentence];
        }
        return result;
    }

    static double[] sum(double[] a, double[] b) {
        double[] result = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            result[i] = a[i] + b[i];
        }
        return result;
    }
}
