package dev.dragoman.training.report;

import dev.dragoman.model.mixture.ExpertLoad;
import dev.dragoman.training.UpdateReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds up the rows of every expert over a stretch of updates, and tells them in at most {@value #SHARES} shares a layer. */
final class LoadAccumulator {
    /** As many rows as a picture can show apart. */
    static final int SHARES = 128;
    /** As many columns as a picture can show apart; what bounds the log of a long run. */
    static final int STRETCHES = 240;

    private final Map<String, long[]> rows = new LinkedHashMap<>();
    private int updates;

    /** Updates in a stretch of a run of {@code updates} updates that reports every {@code updatesPerRow}: a multiple of that. */
    static int updatesPerStretch(int updates, int updatesPerRow) {
        int atLeast = (updates + STRETCHES - 1) / STRETCHES;
        return (atLeast + updatesPerRow - 1) / updatesPerRow * updatesPerRow;
    }

    void add(UpdateReport report) {
        updates++;
        report.loads().forEach((layer, load) -> add(layer, load));
    }

    private void add(String layer, ExpertLoad load) {
        long[] sums = rows.computeIfAbsent(layer, key -> new long[load.rows().length]);
        for (int expert = 0; expert < sums.length; expert++) {
            sums[expert] += load.rows()[expert];
        }
    }

    /** The shares of each layer since the last call, bottom to top. */
    List<LoadMetrics> take(long update) {
        List<LoadMetrics> loads = new ArrayList<>();
        rows.forEach((layer, sums) -> loads.add(shares(update, layer, sums)));
        rows.clear();
        updates = 0;
        return loads;
    }

    private LoadMetrics shares(long update, String layer, long[] sums) {
        int perShare = (sums.length + SHARES - 1) / SHARES;
        double total = 0;
        for (long sum : sums) {
            total += sum;
        }
        double fair = total == 0 ? 1 : total / sums.length;
        List<Double> means = new ArrayList<>();
        List<Double> busiest = new ArrayList<>();
        for (int start = 0; start < sums.length; start += perShare) {
            int end = Math.min(sums.length, start + perShare);
            long sum = 0;
            long most = 0;
            for (int expert = start; expert < end; expert++) {
                sum += sums[expert];
                most = Math.max(most, sums[expert]);
            }
            means.add(hundredths(sum / fair / (end - start)));
            busiest.add(hundredths(most / fair));
        }
        // Of single experts there is nothing to add.
        return new LoadMetrics(update, layer, updates, sums.length, means, perShare == 1 ? List.of() : busiest);
    }

    private static double hundredths(double share) {
        return Math.round(share * 100) / 100.0;
    }
}
