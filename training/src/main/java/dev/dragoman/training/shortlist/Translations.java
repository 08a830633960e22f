package dev.dragoman.training.shortlist;

/** The probabilities that a round begins with, made of the counts of the one before. */
final class Translations {
    private final double concentration;
    private final double[] scales;
    private final double nullScale;

    private Translations(double concentration, double[] scales, double nullScale) {
        this.concentration = concentration;
        this.scales = scales;
        this.nullScale = nullScale;
    }

    /** For the first round, which knows no counts. */
    static Translations equal() {
        return new Translations(0, new double[0], 0);
    }

    /** Of the counts of all target pieces, and their sums for each source piece. */
    static Translations of(PieceCounts[] columns, double[] totals, double concentration) {
        int[] targets = new int[totals.length];
        double nullTotal = 0;
        for (PieceCounts column : columns) {
            nullTotal += column.nullCount();
            for (char source : column.sources()) {
                targets[source]++;
            }
        }
        double[] scales = new double[targets.length];
        for (int source = 0; source < scales.length; source++) {
            scales[source] = scale(totals[source], targets[source], concentration);
        }
        return new Translations(concentration, scales, scale(nullTotal, columns.length, concentration));
    }

    private static double scale(double total, int targets, double concentration) {
        if (total == 0) {
            return 0;
        }
        return 1 / (concentration == 0 ? total : Math.exp(Digamma.of(total + concentration * targets)));
    }

    double of(int source, double count) {
        return scales[source] * weight(count);
    }

    double ofNull(double count) {
        return nullScale * weight(count);
    }

    private double weight(double count) {
        return concentration == 0 ? count : Math.exp(Digamma.of(count + concentration));
    }
}
