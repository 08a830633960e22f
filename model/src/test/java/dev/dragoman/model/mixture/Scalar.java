package dev.dragoman.model.mixture;

import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A double that remembers what it was computed from, so that derivatives of whole formulas need no derivation by hand: reverse-mode
 * differentiation, one object per operation.
 *
 * <p>Choices made on values (which experts are kept, which side of zero a unit is on) count as fixed.
 */
final class Scalar {
    private static final AtomicLong CREATED = new AtomicLong();

    static final Scalar ZERO = of(0);

    private final long order = CREATED.incrementAndGet();
    private final double value;
    private final Scalar[] operands;
    private final double[] partials;

    private Scalar(double value, Scalar[] operands, double... partials) {
        this.value = value;
        this.operands = operands;
        this.partials = partials;
    }

    /** A constant or a variable: a number that was not computed. */
    static Scalar of(double value) {
        return new Scalar(value, new Scalar[0]);
    }

    static Scalar[] of(double... values) {
        return Arrays.stream(values).mapToObj(Scalar::of).toArray(Scalar[]::new);
    }

    static Scalar[][] of(double[][] values) {
        return Arrays.stream(values).map(Scalar::of).toArray(Scalar[][]::new);
    }

    double value() {
        return value;
    }

    static double[] values(Scalar[] scalars) {
        return Arrays.stream(scalars).mapToDouble(Scalar::value).toArray();
    }

    static double[][] values(Scalar[][] scalars) {
        return Arrays.stream(scalars).map(Scalar::values).toArray(double[][]::new);
    }

    Scalar plus(Scalar other) {
        return new Scalar(value + other.value, new Scalar[] {this, other}, 1, 1);
    }

    Scalar plus(double other) {
        return new Scalar(value + other, new Scalar[] {this}, 1);
    }

    Scalar minus(Scalar other) {
        return new Scalar(value - other.value, new Scalar[] {this, other}, 1, -1);
    }

    Scalar times(Scalar other) {
        return new Scalar(value * other.value, new Scalar[] {this, other}, other.value, value);
    }

    Scalar times(double other) {
        return new Scalar(value * other, new Scalar[] {this}, other);
    }

    Scalar dividedBy(Scalar other) {
        double quotient = value / other.value;
        return new Scalar(quotient, new Scalar[] {this, other}, 1 / other.value, -quotient / other.value);
    }

    Scalar dividedBy(double other) {
        return times(1 / other);
    }

    Scalar squared() {
        return times(this);
    }

    Scalar exp() {
        double result = Math.exp(value);
        return new Scalar(result, new Scalar[] {this}, result);
    }

    /** {@code max(0, x)}. */
    Scalar relu() {
        return value > 0 ? this : ZERO;
    }

    /** The logistic function {@code 1 / (1 + e^-x)}. */
    Scalar sigmoid() {
        double result = 1 / (1 + Math.exp(-value));
        return new Scalar(result, new Scalar[] {this}, result * (1 - result));
    }

    /** {@code log(1 + e^x)}. */
    Scalar softplus() {
        double result = Math.max(0, value) + Math.log1p(Math.exp(-Math.abs(value)));
        return new Scalar(result, new Scalar[] {this}, 1 / (1 + Math.exp(-value)));
    }

    /**
     * The probability that a standard normal number is smaller: {@code 1/2 + density (z + z^3/3 + z^5/(3*5) + z^7/(3*5*7) + ...)}
     * (Marsaglia 2004, "Evaluating the normal distribution"), to an absolute error of 1e-15.
     */
    Scalar normalCdf() {
        double density = Math.exp(-value * value / 2) / Math.sqrt(2 * Math.PI);
        return new Scalar(normalCdf(value, density), new Scalar[] {this}, density);
    }

    private static double normalCdf(double z, double density) {
        if (Math.abs(z) > 9) {
            return z < 0 ? 0 : 1;
        }
        double term = z;
        double sum = z;
        for (int odd = 3; Math.abs(term * density) > 1e-18; odd += 2) {
            term *= z * z / odd;
            sum += term;
        }
        return 0.5 + density * sum;
    }

    static Scalar sum(Scalar... terms) {
        double sum = 0;
        for (Scalar term : terms) {
            sum += term.value;
        }
        double[] ones = new double[terms.length];
        Arrays.fill(ones, 1);
        return new Scalar(sum, terms.clone(), ones);
    }

    static Scalar mean(Scalar... terms) {
        return sum(terms).dividedBy(terms.length);
    }

    /** The sum of products of two vectors of equal length. */
    static Scalar dot(Scalar[] left, Scalar[] right) {
        Scalar[] products = new Scalar[left.length];
        for (int i = 0; i < left.length; i++) {
            products[i] = left[i].times(right[i]);
        }
        return sum(products);
    }

    static Scalar[] column(Scalar[][] matrix, int column) {
        return Arrays.stream(matrix).map(row -> row[column]).toArray(Scalar[]::new);
    }

    /** The derivatives of this number by everything that it was computed from. */
    Gradient gradient() {
        Map<Scalar, Double> found = new IdentityHashMap<>();
        // Newest first: whoever uses a number is newer than it, so its derivative is complete when it is passed on.
        PriorityQueue<Scalar> open = new PriorityQueue<>(
                Comparator.comparingLong((Scalar one) -> one.order).reversed());
        found.put(this, 1.0);
        open.add(this);
        while (!open.isEmpty()) {
            Scalar next = open.remove();
            double outer = found.get(next);
            for (int i = 0; i < next.operands.length; i++) {
                Double before = found.put(
                        next.operands[i], found.getOrDefault(next.operands[i], 0.0) + outer * next.partials[i]);
                if (before == null) {
                    open.add(next.operands[i]);
                }
            }
        }
        return new Gradient(found);
    }

    /** Derivatives of one number; 0 by whatever had no part in it. */
    record Gradient(Map<Scalar, Double> partials) {
        double by(Scalar variable) {
            return partials.getOrDefault(variable, 0.0);
        }

        double[] by(Scalar[] variables) {
            return Arrays.stream(variables).mapToDouble(this::by).toArray();
        }

        double[][] by(Scalar[][] variables) {
            return Arrays.stream(variables).map(this::by).toArray(double[][]::new);
        }
    }
}
