package dev.dragoman.model.mixture;

/**
 * How evenly one mixture layer used its experts in one batch.
 *
 * @param importance sum of gates per expert (Shazeer et al. 2017, equation 6), {@code [E]}
 * @param load smooth number of rows per expert (equation 10), {@code [E]}
 * @param rows rows that each expert computed, {@code [E]}
 */
public record ExpertLoad(float[] importance, float[] load, int[] rows) {

    /** Standard deviation over mean of the importance: 0 is even, {@code sqrt(E / k - 1)} is collapse onto k experts. */
    public double importanceCv() {
        return coefficientOfVariation(importance);
    }

    /** Standard deviation over mean of the smooth load. */
    public double loadCv() {
        return coefficientOfVariation(load);
    }

    /** Share of experts that computed nothing, {@code [0, 1]}. */
    public double idleShare() {
        int idle = 0;
        for (int count : rows) {
            idle += count == 0 ? 1 : 0;
        }
        return (double) idle / rows.length;
    }

    /** Rows of the busiest expert over the mean: what a device that holds one expert has to be able to take. */
    public double overflow() {
        long sum = 0;
        int most = 0;
        for (int count : rows) {
            sum += count;
            most = Math.max(most, count);
        }
        return sum == 0 ? 0 : (double) most * rows.length / sum;
    }

    /** What came after {@code before}, of the same layer. */
    public ExpertLoad since(ExpertLoad before) {
        float[] ownImportance = importance.clone();
        float[] ownLoad = load.clone();
        int[] ownRows = rows.clone();
        for (int e = 0; e < ownRows.length; e++) {
            ownImportance[e] -= before.importance[e];
            ownLoad[e] -= before.load[e];
            ownRows[e] -= before.rows[e];
        }
        return new ExpertLoad(ownImportance, ownLoad, ownRows);
    }

    /** Of several batches that make one update, of the same layer. */
    public ExpertLoad plus(ExpertLoad other) {
        float[] bothImportance = importance.clone();
        float[] bothLoad = load.clone();
        int[] bothRows = rows.clone();
        for (int e = 0; e < bothRows.length; e++) {
            bothImportance[e] += other.importance[e];
            bothLoad[e] += other.load[e];
            bothRows[e] += other.rows[e];
        }
        return new ExpertLoad(bothImportance, bothLoad, bothRows);
    }

    private static double coefficientOfVariation(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        return mean == 0 ? 0 : Math.sqrt(Math.max(0, squares / values.length - mean * mean)) / mean;
    }
}
