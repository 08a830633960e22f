package dev.dragoman.model.mixture;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gating as Shazeer et al. 2017 write it, one row and one expert at a time, to compare the fast kernels with.
 *
 * <p>Ties go to the lower expert where experts compete for a row, and to the lower row where rows compete for an expert.
 *
 * @param gates {@code [N, E]}, exactly zero where not chosen
 * @param chosen {@code [N, E]}
 * @param load {@code [E]}: the smooth number of rows (equation 10) where gating is noisy, else the plain one
 * @param thresholdLoss {@code L_batchwise} (equation 20) per row, of both levels together; zero without thresholds
 * @param margin by how much some compared number would have to move for a row to choose differently
 */
record ReferenceGates(Scalar[][] gates, boolean[][] chosen, Scalar[] load, Scalar thresholdLoss, double margin) {

    /** Equation 2: all experts for every row. */
    static ReferenceGates softmax(Scalar[][] x, Scalar[][] gate) {
        int experts = gate[0].length;
        boolean[][] all = new boolean[x.length][experts];
        for (boolean[] row : all) {
            Arrays.fill(row, true);
        }
        return plain(experts, softmaxRows(logits(x, gate), all), all, Scalar.ZERO, Double.POSITIVE_INFINITY);
    }

    /** Equations 3 and 5 without noise, as serving has it: the k experts of the largest logits. */
    static ReferenceGates topK(Scalar[][] x, Scalar[][] gate, int k) {
        Scalar[][] clean = logits(x, gate);
        boolean[][] chosen = largestOfRows(clean, k);
        return plain(gate[0].length, softmaxRows(clean, chosen), chosen, Scalar.ZERO, marginOfRows(clean, k));
    }

    /**
     * Equations 3 to 5 and 8 to 10.
     *
     * @param x {@code [N, D]}
     * @param gate {@code [D, E]}
     * @param noise {@code [D, E]}
     * @param epsilon {@code [N, E]} standard normal numbers
     * @param floor added to the scale of the noise; 0 is the paper's
     */
    static ReferenceGates noisyTopK(
            Scalar[][] x, Scalar[][] gate, Scalar[][] noise, double[][] epsilon, int k, double floor) {
        int experts = gate[0].length;
        Scalar[][] clean = logits(x, gate);
        Scalar[][] raw = logits(x, noise);
        Scalar[][] scale = new Scalar[x.length][experts];
        Scalar[][] noisy = new Scalar[x.length][experts];
        for (int row = 0; row < x.length; row++) {
            for (int i = 0; i < experts; i++) {
                scale[row][i] = raw[row][i].softplus().plus(floor);
                noisy[row][i] = clean[row][i].plus(scale[row][i].times(epsilon[row][i]));
            }
        }
        boolean[][] chosen = largestOfRows(noisy, k);
        Scalar[][] gates = softmaxRows(noisy, chosen);
        if (k == experts) {
            // Nothing is excluded, so there is no threshold to pass: every row counts in full.
            return plain(experts, gates, chosen, Scalar.ZERO, Double.POSITIVE_INFINITY);
        }
        Scalar[] load = new Scalar[experts];
        for (int i = 0; i < experts; i++) {
            Scalar[] probabilities = new Scalar[x.length];
            for (int row = 0; row < x.length; row++) {
                probabilities[row] = probability(clean[row], scale[row], noisy[row], k, i);
            }
            load[i] = Scalar.sum(probabilities);
        }
        return new ReferenceGates(gates, chosen, load, Scalar.ZERO, marginOfRows(noisy, k));
    }

    /** {@code P(x, i)}, equation 9. */
    static Scalar probability(Scalar[] clean, Scalar[] scale, Scalar[] noisy, int k, int i) {
        return clean[i].minus(kthExcluding(noisy, k, i)).dividedBy(scale[i]).normalCdf();
    }

    /** The k-th largest number when the i-th is left out; k is less than the number of them. */
    static Scalar kthExcluding(Scalar[] numbers, int k, int i) {
        return IntStream.range(0, numbers.length)
                .filter(other -> other != i)
                .mapToObj(other -> numbers[other])
                .sorted(Comparator.comparingDouble(Scalar::value).reversed())
                .toList()
                .get(k - 1);
    }

    /**
     * Strictly balanced gating when training (equations 15, 16, 18 and 20): every expert takes the same number of rows. A row that no
     * expert takes has no gates.
     *
     * @param thresholds {@code [E]}, T
     */
    static ReferenceGates strictlyBalanced(Scalar[][] x, Scalar[][] gate, Scalar[] thresholds, int k) {
        int experts = gate[0].length;
        Scalar[][] dense = softmax(x, gate).gates;
        int quota = quota(k, x.length, experts);
        boolean[][] chosen = new boolean[x.length][experts];
        double margin = Double.POSITIVE_INFINITY;
        for (int i = 0; i < experts; i++) {
            double[] column = Scalar.values(Scalar.column(dense, i));
            boolean[] taken = largest(column, quota);
            for (int row = 0; row < x.length; row++) {
                chosen[row][i] = taken[row];
                margin = Math.min(margin, Math.abs(column[row] - thresholds[i].value()));
            }
            margin = Math.min(margin, margin(column, quota));
        }
        Scalar loss = thresholdLoss(dense, thresholds, chosen).dividedBy(x.length);
        return plain(experts, renormalised(dense, chosen), chosen, loss, margin);
    }

    /** Rows that each expert takes, {@code m = k|X|/n}, rounded half up, at least one where there are rows. */
    static int quota(int k, int rows, int experts) {
        return Math.min(rows, Math.max(1, (int) Math.floor((double) k * rows / experts + 0.5)));
    }

    /** Strictly balanced gating when serving (equations 16 and 19): the experts whose gate exceeds their threshold. */
    static ReferenceGates byThresholds(Scalar[][] x, Scalar[][] gate, Scalar[] thresholds) {
        Scalar[][] dense = softmax(x, gate).gates;
        boolean[][] chosen = new boolean[x.length][thresholds.length];
        double margin = Double.POSITIVE_INFINITY;
        for (int row = 0; row < x.length; row++) {
            for (int i = 0; i < thresholds.length; i++) {
                double above = dense[row][i].value() - thresholds[i].value();
                chosen[row][i] = above > 0;
                margin = Math.min(margin, Math.abs(above));
            }
        }
        return plain(thresholds.length, renormalised(dense, chosen), chosen, Scalar.ZERO, margin);
    }

    /** {@code L_batchwise(X, T, m)} (equation 20) with X held fixed: it trains the thresholds only. */
    static Scalar thresholdLoss(Scalar[][] dense, Scalar[] thresholds, boolean[][] batchwise) {
        Scalar loss = Scalar.ZERO;
        for (int row = 0; row < dense.length; row++) {
            for (int i = 0; i < thresholds.length; i++) {
                double x = dense[row][i].value();
                int byThreshold = x > thresholds[i].value() ? 1 : 0;
                int byBatch = batchwise[row][i] ? 1 : 0;
                loss = loss.plus(Scalar.of(x).minus(thresholds[i]).times(byThreshold - byBatch));
            }
        }
        return loss;
    }

    /** Equation 16, where a row of which nothing is left is all zero. */
    private static Scalar[][] renormalised(Scalar[][] dense, boolean[][] mask) {
        Scalar[][] gates = new Scalar[dense.length][];
        for (int row = 0; row < dense.length; row++) {
            gates[row] = dense[row].clone();
            for (int i = 0; i < gates[row].length; i++) {
                gates[row][i] = mask[row][i] ? gates[row][i] : Scalar.ZERO;
            }
            Scalar sum = Scalar.sum(gates[row]);
            for (int i = 0; i < gates[row].length; i++) {
                gates[row][i] = sum.value() > 0 ? gates[row][i].dividedBy(sum) : Scalar.ZERO;
            }
        }
        return gates;
    }

    /** The gating inside one group. */
    interface Secondary {
        /**
         * @param group from 0
         * @param rows those that chose the group, ascending; may be empty
         * @return gates {@code [rows, E / groups]}
         */
        ReferenceGates of(int group, int[] rows);
    }

    /** A hierarchy (equations 12 to 14): experts are numbered group by group. */
    static ReferenceGates twoLevel(ReferenceGates primary, Secondary secondary) {
        int groups = primary.load.length;
        ReferenceGates[] inside = new ReferenceGates[groups];
        int[][] members = new int[groups][];
        for (int group = 0; group < groups; group++) {
            members[group] = primary.rowsOf(group);
            inside[group] = secondary.of(group, members[group]);
        }
        int size = inside[0].load.length;
        Scalar[][] gates = new Scalar[primary.gates.length][groups * size];
        boolean[][] chosen = new boolean[primary.gates.length][groups * size];
        for (Scalar[] row : gates) {
            Arrays.fill(row, Scalar.ZERO);
        }
        Scalar[] load = new Scalar[groups * size];
        Scalar thresholdLoss = primary.thresholdLoss;
        double margin = primary.margin;
        for (int group = 0; group < groups; group++) {
            for (int j = 0; j < size; j++) {
                int expert = group * size + j;
                int count = members[group].length;
                for (int member = 0; member < count; member++) {
                    int row = members[group][member];
                    gates[row][expert] = primary.gates[row][group].times(inside[group].gates[member][j]);
                    chosen[row][expert] = inside[group].chosen[member][j];
                }
                load[expert] = count == 0
                        ? Scalar.ZERO
                        : primary.load[group].times(inside[group].load[j]).dividedBy(count);
            }
            thresholdLoss = thresholdLoss.plus(inside[group].thresholdLoss);
            margin = Math.min(margin, inside[group].margin);
        }
        return new ReferenceGates(gates, chosen, load, thresholdLoss, margin);
    }

    /** Equation 6, and 13 for a hierarchy: {@code [E]}. */
    Scalar[] importance() {
        return IntStream.range(0, load.length)
                .mapToObj(i -> Scalar.sum(Scalar.column(gates, i)))
                .toArray(Scalar[]::new);
    }

    /** The rows that chose an expert, ascending. */
    int[] rowsOf(int expert) {
        return IntStream.range(0, chosen.length)
                .filter(row -> chosen[row][expert])
                .toArray();
    }

    /** Rows that each expert computes. */
    int[] counts() {
        return IntStream.range(0, load.length).map(i -> rowsOf(i).length).toArray();
    }

    /** Variance over the squared mean, with the variance of a whole population, and 1e-10 against a mean of zero. */
    static Scalar cvSquared(Scalar... numbers) {
        Scalar mean = Scalar.mean(numbers);
        Scalar[] deviations =
                Arrays.stream(numbers).map(one -> one.minus(mean).squared()).toArray(Scalar[]::new);
        return Scalar.mean(deviations).dividedBy(mean.squared().plus(1e-10));
    }

    /** {@code x W}. */
    static Scalar[][] logits(Scalar[][] x, Scalar[][] weights) {
        Scalar[][] logits = new Scalar[x.length][weights[0].length];
        for (int row = 0; row < x.length; row++) {
            for (int i = 0; i < logits[row].length; i++) {
                logits[row][i] = Scalar.dot(x[row], Scalar.column(weights, i));
            }
        }
        return logits;
    }

    /** Marks the k largest of some numbers, the earlier of equal ones. */
    static boolean[] largest(double[] numbers, int k) {
        boolean[] marks = new boolean[numbers.length];
        descending(numbers).subList(0, k).forEach(i -> marks[i] = true);
        return marks;
    }

    /** Positions from the largest number to the smallest; the sort is stable. */
    private static List<Integer> descending(double[] numbers) {
        return IntStream.range(0, numbers.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -numbers[i]))
                .toList();
    }

    /** The distance between the least of the k largest and the next one. */
    private static double margin(double[] numbers, int k) {
        if (k == 0 || k == numbers.length) {
            return Double.POSITIVE_INFINITY;
        }
        List<Integer> order = descending(numbers);
        return numbers[order.get(k - 1)] - numbers[order.get(k)];
    }

    private static boolean[][] largestOfRows(Scalar[][] numbers, int k) {
        return Arrays.stream(numbers).map(row -> largest(Scalar.values(row), k)).toArray(boolean[][]::new);
    }

    private static double marginOfRows(Scalar[][] numbers, int k) {
        return Arrays.stream(numbers)
                .mapToDouble(row -> margin(Scalar.values(row), k))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** Softmax of each row over its marked numbers, zero elsewhere. */
    private static Scalar[][] softmaxRows(Scalar[][] logits, boolean[][] kept) {
        Scalar[][] gates = new Scalar[logits.length][];
        for (int row = 0; row < logits.length; row++) {
            Scalar[] powers = new Scalar[logits[row].length];
            for (int i = 0; i < powers.length; i++) {
                powers[i] = kept[row][i] ? logits[row][i].exp() : Scalar.ZERO;
            }
            Scalar sum = Scalar.sum(powers);
            gates[row] =
                    Arrays.stream(powers).map(power -> power.dividedBy(sum)).toArray(Scalar[]::new);
        }
        return gates;
    }

    /** Gates whose load is the plain number of rows. */
    private static ReferenceGates plain(
            int experts, Scalar[][] gates, boolean[][] chosen, Scalar thresholdLoss, double margin) {
        Scalar[] load = IntStream.range(0, experts)
                .mapToObj(i -> Arrays.stream(chosen).filter(row -> row[i]).count())
                .map(Scalar::of)
                .toArray(Scalar[]::new);
        return new ReferenceGates(gates, chosen, load, thresholdLoss, margin);
    }
}
