package dev.dragoman.model.mixture;

import java.util.Arrays;

/**
 * Feed-forward experts with one hidden layer, {@code E_i(x) = relu(x W1_i^T) W2_i^T}, and their gated sum (Shazeer et al. 2017, equation
 * 1), one row and one expert at a time.
 *
 * @param hidden {@code [E, H, D]}, W1
 * @param output {@code [E, D, H]}, W2
 */
record ReferenceExperts(Scalar[][][] hidden, Scalar[][][] output) {

    /** {@code E_i(x)}, {@code [D]}. */
    Scalar[] expert(int i, Scalar[] x) {
        Scalar[] units = product(hidden[i], x);
        for (int h = 0; h < units.length; h++) {
            units[h] = units[h].relu();
        }
        return product(output[i], units);
    }

    /**
     * The layer's output, {@code [N, D]}. The gated sum of a row without experts is zero.
     *
     * @param sigmoid whether the gated sum passes the logistic function (appendix E)
     */
    Scalar[][] combine(Scalar[][] x, ReferenceGates gating, boolean sigmoid) {
        Scalar[][] y = new Scalar[x.length][];
        for (int row = 0; row < x.length; row++) {
            Scalar[] sum = new Scalar[x[row].length];
            Arrays.fill(sum, Scalar.ZERO);
            for (int i = 0; i < hidden.length; i++) {
                if (gating.chosen()[row][i]) {
                    Scalar[] one = expert(i, x[row]);
                    for (int d = 0; d < sum.length; d++) {
                        sum[d] = sum[d].plus(gating.gates()[row][i].times(one[d]));
                    }
                }
            }
            y[row] = sigmoid ? Arrays.stream(sum).map(Scalar::sigmoid).toArray(Scalar[]::new) : sum;
        }
        return y;
    }

    /** The least distance of a hidden unit's input from zero, where its derivative jumps. */
    double margin(Scalar[][] x, ReferenceGates gating) {
        double margin = Double.POSITIVE_INFINITY;
        for (int row = 0; row < x.length; row++) {
            for (int i = 0; i < hidden.length; i++) {
                if (gating.chosen()[row][i]) {
                    for (Scalar unit : product(hidden[i], x[row])) {
                        margin = Math.min(margin, Math.abs(unit.value()));
                    }
                }
            }
        }
        return margin;
    }

    /** {@code x W^T}. */
    private static Scalar[] product(Scalar[][] weights, Scalar[] x) {
        return Arrays.stream(weights).map(row -> Scalar.dot(row, x)).toArray(Scalar[]::new);
    }
}
