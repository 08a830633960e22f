package dev.dragoman.training.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The CSV form of metrics: one set of columns for both kinds of rows, each leaving the other's cells empty. */
final class MetricsRow {
    static final String HEADER =
            "update,epoch,seconds,tokens_per_second,loss,nll,learning_rate,gradient_norm,importance_cv,load_cv,"
                    + "direction,dev_loss,dev_perplexity,dev_bleu,dev_chrf";
    private static final int COLUMNS = HEADER.split(",").length;
    private static final int FIRST_OF_UPDATE = 3;
    private static final int DIRECTION = 10;

    private MetricsRow() {}

    static String of(UpdateMetrics metrics) {
        List<String> cells = new ArrayList<>(
                List.of(Long.toString(metrics.update()), Integer.toString(metrics.epoch()), cell(metrics.seconds())));
        List<ToDoubleFunction<UpdateMetrics>> columns = List.of(
                UpdateMetrics::tokensPerSecond,
                UpdateMetrics::loss,
                UpdateMetrics::negativeLogLikelihood,
                UpdateMetrics::learningRate,
                UpdateMetrics::gradientNorm,
                UpdateMetrics::importanceCv,
                UpdateMetrics::loadCv);
        columns.forEach(column -> cells.add(cell(column.applyAsDouble(metrics))));
        return String.join(",", cells) + ",".repeat(COLUMNS - cells.size());
    }

    static String of(DevMetrics metrics) {
        return metrics.update() + "," + metrics.epoch() + "," + cell(metrics.seconds())
                + ",".repeat(DIRECTION - FIRST_OF_UPDATE + 1)
                + metrics.direction() + ","
                + cell(metrics.loss()) + ","
                + cell(metrics.perplexity()) + ","
                + cell(metrics.bleu()) + ","
                + cell(metrics.chrf());
    }

    /**
     * Reads a row into the list of its kind.
     *
     * @return the row's update; null if the row is not whole, as the last one of a run that was killed
     */
    static @Nullable Long parse(String line, List<UpdateMetrics> updates, List<DevMetrics> evaluations) {
        String[] cells = line.split(",", -1);
        if (cells.length != COLUMNS) {
            return null;
        }
        try {
            long update = Long.parseLong(cells[0]);
            int epoch = Integer.parseInt(cells[1]);
            double seconds = Double.parseDouble(cells[2]);
            if (cells[DIRECTION].isEmpty()) {
                double[] n = numbers(cells, FIRST_OF_UPDATE, DIRECTION);
                updates.add(new UpdateMetrics(update, epoch, seconds, n[0], n[1], n[2], n[3], n[4], n[5], n[6]));
            } else {
                double[] n = numbers(cells, DIRECTION + 1, COLUMNS);
                evaluations.add(new DevMetrics(update, epoch, seconds, cells[DIRECTION], n[0], n[1], n[2], n[3]));
            }
            return update;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static double[] numbers(String[] cells, int from, int to) {
        return Arrays.stream(cells, from, to)
                .mapToDouble(cell -> cell.isEmpty() ? Double.NaN : Double.parseDouble(cell))
                .toArray();
    }

    /** Seven digits: all that the network's 32-bit numbers have. */
    private static String cell(double value) {
        return Double.isNaN(value) ? "" : Float.toString((float) value);
    }
}
