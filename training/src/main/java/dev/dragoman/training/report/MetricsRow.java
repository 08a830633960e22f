package dev.dragoman.training.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The CSV form of metrics: one set of columns for both kinds of rows, each leaving the other's cells empty. */
final class MetricsRow {
    static final String HEADER =
            "update,epoch,seconds,tokens_per_second,loss,nll,learning_rate,gradient_norm,importance_cv,load_cv,idle_share,overflow,"
                    + "direction,dev_loss,dev_perplexity,dev_word_perplexity,dev_bleu,dev_chrf";
    private static final int COLUMNS = HEADER.split(",").length;
    private static final int FIRST_OF_UPDATE = 3;
    private static final int DIRECTION = 12;

    private MetricsRow() {}

    static String of(UpdateMetrics metrics) {
        List<String> cells = new ArrayList<>(List.of(
                Long.toString(metrics.update()), Integer.toString(metrics.epoch()), CsvLog.cell(metrics.seconds())));
        List<ToDoubleFunction<UpdateMetrics>> columns = List.of(
                UpdateMetrics::tokensPerSecond,
                UpdateMetrics::loss,
                UpdateMetrics::negativeLogLikelihood,
                UpdateMetrics::learningRate,
                UpdateMetrics::gradientNorm,
                UpdateMetrics::importanceCv,
                UpdateMetrics::loadCv,
                UpdateMetrics::idleShare,
                UpdateMetrics::overflow);
        columns.forEach(column -> cells.add(CsvLog.cell(column.applyAsDouble(metrics))));
        return String.join(",", cells) + ",".repeat(COLUMNS - cells.size());
    }

    static String of(DevMetrics metrics) {
        return metrics.update() + "," + metrics.epoch() + "," + CsvLog.cell(metrics.seconds())
                + ",".repeat(DIRECTION - FIRST_OF_UPDATE + 1)
                + metrics.direction() + ","
                + CsvLog.cell(metrics.loss()) + ","
                + CsvLog.cell(metrics.perplexity()) + ","
                + CsvLog.cell(metrics.wordPerplexity()) + ","
                + CsvLog.cell(metrics.bleu()) + ","
                + CsvLog.cell(metrics.chrf());
    }

    /**
     * Reads a row into the list of its kind.
     *
     * @return false if the row is not whole, as the last one of a run that was killed
     */
    static boolean parse(String line, List<UpdateMetrics> updates, List<DevMetrics> evaluations) {
        String[] cells = line.split(",", -1);
        if (cells.length != COLUMNS) {
            return false;
        }
        try {
            long update = Long.parseLong(cells[0]);
            int epoch = Integer.parseInt(cells[1]);
            double seconds = Double.parseDouble(cells[2]);
            if (cells[DIRECTION].isEmpty()) {
                double[] n = numbers(cells, FIRST_OF_UPDATE, DIRECTION);
                updates.add(new UpdateMetrics(
                        update, epoch, seconds, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]));
            } else {
                double[] n = numbers(cells, DIRECTION + 1, COLUMNS);
                evaluations.add(new DevMetrics(update, epoch, seconds, cells[DIRECTION], n[0], n[1], n[2], n[3], n[4]));
            }
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static double[] numbers(String[] cells, int from, int to) {
        return Arrays.stream(cells, from, to)
                .mapToDouble(cell -> cell.isEmpty() ? Double.NaN : Double.parseDouble(cell))
                .toArray();
    }
}
