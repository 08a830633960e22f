package dev.dragoman.training.report;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The metrics of a run as a CSV file with a header, one row for each report, on disk as soon as it is appended.
 *
 * <p>Confined to one thread. The caller closes it.
 */
public final class MetricsLog implements Closeable {
    private final Path file;
    private final BufferedWriter writer;

    private MetricsLog(Path file) throws IOException {
        this.file = file;
        this.writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
    }

    /** Begins the log of a new run; a log that is there is replaced. */
    public static MetricsLog create(Path file) throws IOException {
        write(file, List.of());
        return new MetricsLog(file);
    }

    /**
     * Continues the log of a run that resumes from a checkpoint: rows of later updates, which will be done again, are cut, and so is
     * a last row that was not written to its end. Without a file a new log begins.
     *
     * @param update number of updates that the checkpoint has done
     * @throws IOException if the file is not such a log; the message names it
     */
    public static MetricsLog resume(Path file, long update) throws IOException {
        if (!Files.exists(file)) {
            return create(file);
        }
        List<String> kept = new ArrayList<>();
        for (String line : rows(file)) {
            Long of = MetricsRow.parse(line, new ArrayList<>(), new ArrayList<>());
            if (of == null) {
                break;
            }
            if (of <= update) {
                kept.add(line);
            }
        }
        write(file, kept);
        return new MetricsLog(file);
    }

    /**
     * Reads a log, also one that is being written.
     *
     * @throws IOException if the file is not such a log; the message names it
     */
    public static MetricsHistory read(Path file) throws IOException {
        List<UpdateMetrics> updates = new ArrayList<>();
        List<DevMetrics> evaluations = new ArrayList<>();
        for (String line : rows(file)) {
            if (MetricsRow.parse(line, updates, evaluations) == null) {
                break;
            }
        }
        return new MetricsHistory(updates, evaluations);
    }

    public void append(UpdateMetrics metrics) throws IOException {
        append(MetricsRow.of(metrics));
    }

    public void append(DevMetrics metrics) throws IOException {
        if (metrics.direction().isEmpty() || metrics.direction().matches(".*[,\n\r].*")) {
            throw new IllegalArgumentException(
                    "a direction has no comma or line feed, but is '" + metrics.direction() + "'");
        }
        append(MetricsRow.of(metrics));
    }

    /** All rows so far, those before a resumption included. */
    public MetricsHistory history() throws IOException {
        return read(file);
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }

    private void append(String row) throws IOException {
        writer.write(row + "\n");
        writer.flush();
    }

    /** The rows below the header, without a last one that has no line end. */
    private static List<String> rows(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        int end = text.lastIndexOf('\n') + 1;
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.isEmpty() || !lines.get(0).equals(MetricsRow.HEADER)) {
            throw new IOException(
                    file + " is not a metrics log of this version: its first line is not " + MetricsRow.HEADER);
        }
        return lines.subList(1, lines.size());
    }

    /** In one step, so that a run killed here keeps its log. */
    private static void write(Path file, List<String> rows) throws IOException {
        Path target = file.toAbsolutePath();
        Files.createDirectories(target.resolveSibling(".").normalize());
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        List<String> lines = new ArrayList<>(List.of(MetricsRow.HEADER));
        lines.addAll(rows);
        Files.writeString(temporary, String.join("\n", lines) + "\n");
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
