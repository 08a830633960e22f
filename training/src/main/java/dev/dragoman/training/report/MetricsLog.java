package dev.dragoman.training.report;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * All that a run measured, in one file: a JSON object a line, whose {@code kind} names one of the {@link MetricsRow}s. A row is on disk as
 * soon as it is appended.
 *
 * <p>Confined to one thread. The caller closes it.
 */
public final class MetricsLog implements Closeable {
    /** Every row begins so, up to the name of its kind. */
    private static final String START = "{\"" + MetricsRow.KIND + "\":\"";

    private final Path file;
    private final BufferedWriter writer;

    private MetricsLog(Path file) throws IOException {
        this.file = file;
        writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
    }

    /** Begins the log of a new run; a log that is there is replaced. */
    public static MetricsLog create(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().resolveSibling(".").normalize());
        replace(file, rows -> {});
        return new MetricsLog(file);
    }

    /**
     * Continues the log of a run that resumes from a checkpoint: rows of later updates, which will be done again, are cut, and so are
     * those that are not whole, as the last one of a run that was killed. Without a file a new log begins.
     *
     * @param update number of updates that the checkpoint has done
     * @param validated the update after which the checkpoint knows of a validation: rows of later ones are cut as well
     * @throws IOException if the file is not such a log; the message names it
     */
    public static MetricsLog resume(Path file, long update, long validated) throws IOException {
        if (!Files.exists(file)) {
            return create(file);
        }
        replace(
                file,
                kept -> read(file, kind -> true, (line, row) -> {
                    boolean ofValidation = row instanceof DevMetrics || row instanceof SampleMetrics;
                    if (row.update() <= (ofValidation ? validated : update)) {
                        kept.write(line);
                        kept.write('\n');
                    }
                }));
        return new MetricsLog(file);
    }

    /**
     * Reads a log, also one that is being written.
     *
     * @throws IOException if the file is not such a log; the message names it
     */
    public static MetricsHistory read(Path file) throws IOException {
        return read(file, kind -> true);
    }

    /**
     * Reads rows of some kinds only, which is much quicker than reading all.
     *
     * @param wanted tells of the name of a kind whether to read it
     * @throws IOException if the file is not such a log; the message names it
     */
    static MetricsHistory read(Path file, Predicate<String> wanted) throws IOException {
        MetricsHistory.Builder history = new MetricsHistory.Builder();
        read(file, wanted, (line, row) -> history.add(row));
        return history.build();
    }

    /** Hands on all rows so far, those before a resumption included. */
    void forEach(Consumer<MetricsRow> reader) throws IOException {
        read(file, kind -> true, (line, row) -> reader.accept(row));
    }

    /** Appends a row. */
    public void append(MetricsRow row) throws IOException {
        writer.write(MetricsJson.MAPPER.writeValueAsString(row));
        writer.write('\n');
        writer.flush();
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }

    private static void read(Path file, Predicate<String> wanted, RowReader reader) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            boolean first = true;
            String line;
            while ((line = lines.readLine()) != null) {
                boolean skipped = !first && !wanted.test(kind(line));
                MetricsRow row = skipped ? null : parse(line);
                if (row != null) {
                    reader.read(line, row);
                } else if (first && !line.startsWith(START.substring(0, Math.min(START.length(), line.length())))) {
                    throw new IOException(
                            file + " is not a log of this version: its first line is not one of its rows");
                }
                first = false;
            }
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not a log of this version: it is not in UTF-8", e);
        }
    }

    private static @Nullable MetricsRow parse(String line) {
        try {
            return MetricsJson.MAPPER.readValue(line, MetricsRow.class);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** The first value of a line as {@link #append} writes it; empty if it does not look so. */
    private static String kind(String line) {
        int end = line.startsWith(START) ? line.indexOf('"', START.length()) : -1;
        return end < 0 ? "" : line.substring(START.length(), end);
    }

    /** In one step, so that a run killed here keeps its log. */
    private static void replace(Path file, Content content) throws IOException {
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        try (BufferedWriter rows = Files.newBufferedWriter(temporary)) {
            content.writeTo(rows);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private interface RowReader {
        void read(String line, MetricsRow row) throws IOException;
    }

    private interface Content {
        void writeTo(BufferedWriter rows) throws IOException;
    }
}
