package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Matrices of doubles: random ones, and to and from arrays of the engine. */
final class Matrices {
    private Matrices() {}

    /** Standard normal numbers. */
    static double[][] normal(RandomGenerator random, int rows, int columns) {
        double[][] matrix = new double[rows][columns];
        for (double[] row : matrix) {
            for (int i = 0; i < columns; i++) {
                row[i] = random.nextGaussian();
            }
        }
        return matrix;
    }

    static Scalar[][] normalScalars(RandomGenerator random, int rows, int columns) {
        return Scalar.of(normal(random, rows, columns));
    }

    /** An array of any shape with the matrix's numbers in their order, owned by {@code manager}. */
    static NDArray array(NDManager manager, DataType type, double[][] matrix, long... shape) {
        NDArray array = manager.create(new Shape(shape), type);
        set(array, matrix);
        return array;
    }

    static void set(NDArray array, double[][] matrix) {
        double[] flat = Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
        if (array.getDataType() == DataType.FLOAT64) {
            array.set(flat);
        } else {
            float[] narrow = new float[flat.length];
            for (int i = 0; i < flat.length; i++) {
                narrow[i] = (float) flat[i];
            }
            array.set(narrow);
        }
    }

    /** The numbers of an array, all its sizes but the last taken together as rows. */
    static double[][] of(NDArray array) {
        try (NDArray plain = array.stopGradient();
                NDArray wide = plain.toType(DataType.FLOAT64, true)) {
            double[] flat = wide.toDoubleArray();
            int columns = (int) array.getShape().get(array.getShape().dimension() - 1);
            return IntStream.range(0, flat.length / columns)
                    .mapToObj(row -> Arrays.copyOfRange(flat, row * columns, (row + 1) * columns))
                    .toArray(double[][]::new);
        }
    }

    /** The numbers of a vector. */
    static double[] vector(NDArray array) {
        return of(array)[0];
    }
}
