package dev.dragoman.model.mixture;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts the rows that each expert of a layer has computed in serving, and sums their gates, since the model was opened. Safe for use by
 * many threads.
 *
 * <p>Adding costs some nanoseconds per row and expert; everything else is computed when asked for, in time proportional to E.
 */
public final class ExpertUsage {
    /** Gates are summed as whole numbers of this size, so that threads need no lock. */
    private static final double GATE_STEP = 1.0 / (1 << 24);

    private final AtomicLongArray rows;
    private final AtomicLongArray gates;

    ExpertUsage(int experts) {
        rows = new AtomicLongArray(experts);
        gates = new AtomicLongArray(experts);
    }

    /**
     * What was counted elsewhere.
     *
     * @param rows {@code [E]} that each expert has computed
     * @param gates {@code [E]}, their sums
     */
    public static ExpertUsage of(long[] rows, double[] gates) {
        ExpertUsage usage = new ExpertUsage(rows.length);
        for (int e = 0; e < rows.length; e++) {
            usage.rows.set(e, rows[e]);
            usage.gates.set(e, (long) (gates[e] / GATE_STEP));
        }
        return usage;
    }

    /** Adds assignments: the expert and the gate of each. */
    public void add(long[] experts, float[] gatesOfEach) {
        for (int i = 0; i < experts.length; i++) {
            rows.getAndIncrement((int) experts[i]);
            gates.getAndAdd((int) experts[i], (long) (gatesOfEach[i] / GATE_STEP));
        }
    }

    /**
     * How evenly the experts were used.
     *
     * @param experts E
     * @param rows computed by all experts: k for each row of the layer, for most gates
     * @param importanceCv standard deviation over mean of the experts' sums of gates: 0 is even, {@code sqrt(E / k - 1)} is collapse onto
     *     k experts; 0 before the first row
     * @param loadCv likewise of the experts' rows
     * @param idleShare share of experts that have computed nothing, {@code [0, 1]}
     * @param overflow rows of the busiest expert over the mean; 0 before the first row
     */
    public record Balance(
            int experts, long rows, double importanceCv, double loadCv, double idleShare, double overflow) {}

    /** Computes the balance so far; while rows are being added it may see some of a batch. */
    public Balance balance() {
        int experts = rows.length();
        long sum = 0;
        long most = 0;
        int idle = 0;
        for (int e = 0; e < experts; e++) {
            long count = rows.get(e);
            sum += count;
            most = Math.max(most, count);
            idle += count == 0 ? 1 : 0;
        }
        double overflow = sum == 0 ? 0 : (double) most * experts / sum;
        return new Balance(
                experts,
                sum,
                coefficientOfVariation(gates),
                coefficientOfVariation(rows),
                (double) idle / experts,
                overflow);
    }

    private static double coefficientOfVariation(AtomicLongArray values) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < values.length(); i++) {
            double value = values.get(i);
            sum += value;
            squares += value * value;
        }
        double mean = sum / values.length();
        return mean == 0 ? 0 : Math.sqrt(Math.max(0, squares / values.length() - mean * mean)) / mean;
    }

    /** What was counted so far, with the rows themselves as their load. */
    public ExpertLoad load() {
        int[] counts = new int[rows.length()];
        float[] load = new float[counts.length];
        float[] importance = new float[counts.length];
        for (int e = 0; e < counts.length; e++) {
            counts[e] = Math.toIntExact(rows.get(e));
            load[e] = counts[e];
            importance[e] = (float) (gates.get(e) * GATE_STEP);
        }
        return new ExpertLoad(importance, load, counts);
    }

    /** Rows of each expert so far, {@code [E]}. */
    public long[] rows() {
        long[] result = new long[rows.length()];
        for (int e = 0; e < result.length; e++) {
            result[e] = rows.get(e);
        }
        return result;
    }
}
