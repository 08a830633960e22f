package dev.dragoman.benchmark;

import java.util.ArrayList;
import java.util.List;

/** Rows per second over the rows of a step, of {@code decoder-steps}: the floor's, ours and the engine's. */
final class StepPlot {
    /** Columns of the table that it is drawn from. */
    private static final int ROWS = 0;

    private static final int STEP = 1;
    private static final int FLOOR = 3;
    private static final int ENGINE = 7;
    private static final double MILLISECONDS = 1e3;

    private final String experts;
    private final String kernels;
    private final int threads;
    private final List<double[]> floors = new ArrayList<>();
    private final List<double[]> steps = new ArrayList<>();
    private final List<double[]> engines = new ArrayList<>();

    /**
     * An empty plot.
     *
     * @param experts how many, for the title
     * @param kernels what computes ours
     */
    StepPlot(String experts, String kernels, int threads) {
        this.experts = experts;
        this.kernels = kernels;
        this.threads = threads;
    }

    /** A row of the table, times in milliseconds. */
    void add(String[] row) {
        double count = Double.parseDouble(row[ROWS]);
        floors.add(point(count, row[FLOOR]));
        steps.add(point(count, row[STEP]));
        engines.add(point(count, row[ENGINE]));
    }

    private static double[] point(double count, String milliseconds) {
        return new double[] {count, MILLISECONDS * count / Double.parseDouble(milliseconds)};
    }

    /** The drawing. */
    String svg() {
        LogPlot plot = new LogPlot(
                "Decoder steps, " + experts + ", " + (threads == 1 ? "one thread" : threads + " threads"),
                "rows of a step",
                "rows a second");
        plot.add("floor", floors);
        plot.add(kernels, steps);
        plot.add("engine, layer by layer, float32", engines);
        return plot.svg();
    }
}
