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
import java.util.OptionalLong;

/**
 * A log of a run as a CSV file with a header, whose first column is the update; a row is on disk as soon as it is appended.
 *
 * <p>Confined to one thread. The caller closes it.
 */
final class CsvLog implements Closeable {
    private final BufferedWriter writer;

    private CsvLog(Path file) throws IOException {
        writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
    }

    /** Begins the log of a new run; a log that is there is replaced. */
    static CsvLog create(Path file, String header) throws IOException {
        write(file, header, List.of());
        return new CsvLog(file);
    }

    /**
     * Continues the log of a run that resumes from a checkpoint: rows of later updates, which will be done again, are cut, and so is
     * a last row that was not written to its end. Without a file a new log begins.
     *
     * @param update number of updates that the checkpoint has done
     * @throws IOException if the file is not such a log; the message names it
     */
    static CsvLog resume(Path file, String header, long update) throws IOException {
        if (!Files.exists(file)) {
            return create(file, header);
        }
        List<String> kept = new ArrayList<>();
        for (String row : rows(file, header)) {
            OptionalLong of = update(row, header);
            if (of.isEmpty()) {
                break;
            }
            if (of.getAsLong() <= update) {
                kept.add(row);
            }
        }
        write(file, header, kept);
        return new CsvLog(file);
    }

    /**
     * The rows of a log below its header, without a last one that has no line end.
     *
     * @throws IOException if the file has another header; the message names it
     */
    static List<String> rows(Path file, String header) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        int end = text.lastIndexOf('\n') + 1;
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.isEmpty() || !lines.get(0).equals(header)) {
            throw new IOException(file + " is not a log of this version: its first line is not " + header);
        }
        return lines.subList(1, lines.size());
    }

    void append(String row) throws IOException {
        writer.write(row + "\n");
        writer.flush();
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }

    /** Seven digits: all that the network's 32-bit numbers have. No number is an empty cell. */
    static String cell(double value) {
        return Double.isNaN(value) ? "" : Float.toString((float) value);
    }

    /** The update of a row; none if the row is not whole, as the last one of a run that was killed. */
    private static OptionalLong update(String row, String header) {
        String[] cells = row.split(",", -1);
        if (cells.length != header.split(",", -1).length) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(cells[0]));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** In one step, so that a run killed here keeps its log. */
    private static void write(Path file, String header, List<String> rows) throws IOException {
        Path target = file.toAbsolutePath();
        Files.createDirectories(target.resolveSibling(".").normalize());
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        List<String> lines = new ArrayList<>(List.of(header));
        lines.addAll(rows);
        Files.writeString(temporary, String.join("\n", lines) + "\n");
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
