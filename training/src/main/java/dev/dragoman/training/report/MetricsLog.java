package dev.dragoman.training.report;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The metrics of a run as a CSV file with a header, one row for each report, on disk as soon as it is appended.
 *
 * <p>Confined to one thread. The caller closes it.
 */
public final class MetricsLog implements Closeable {
    private final Path file;
    private final CsvLog csv;

    private MetricsLog(Path file, CsvLog csv) {
        this.file = file;
        this.csv = csv;
    }

    /** Begins the log of a new run; a log that is there is replaced. */
    public static MetricsLog create(Path file) throws IOException {
        return new MetricsLog(file, CsvLog.create(file, MetricsRow.HEADER));
    }

    /**
     * Continues the log of a run that resumes from a checkpoint: rows of later updates, which will be done again, are cut, and so is
     * a last row that was not written to its end. Without a file a new log begins.
     *
     * @param update number of updates that the checkpoint has done
     * @throws IOException if the file is not such a log; the message names it
     */
    public static MetricsLog resume(Path file, long update) throws IOException {
        return new MetricsLog(file, CsvLog.resume(file, MetricsRow.HEADER, update));
    }

    /**
     * Reads a log, also one that is being written.
     *
     * @throws IOException if the file is not such a log; the message names it
     */
    public static MetricsHistory read(Path file) throws IOException {
        List<UpdateMetrics> updates = new ArrayList<>();
        List<DevMetrics> evaluations = new ArrayList<>();
        for (String line : CsvLog.rows(file, MetricsRow.HEADER)) {
            if (!MetricsRow.parse(line, updates, evaluations)) {
                break;
            }
        }
        return new MetricsHistory(updates, evaluations);
    }

    public void append(UpdateMetrics metrics) throws IOException {
        csv.append(MetricsRow.of(metrics));
    }

    public void append(DevMetrics metrics) throws IOException {
        if (metrics.direction().isEmpty() || metrics.direction().matches(".*[,\n\r].*")) {
            throw new IllegalArgumentException(
                    "a direction has no comma or line feed, but is '" + metrics.direction() + "'");
        }
        csv.append(MetricsRow.of(metrics));
    }

    /** All rows so far, those before a resumption included. */
    public MetricsHistory history() throws IOException {
        return read(file);
    }

    @Override
    public void close() throws IOException {
        csv.close();
    }
}
