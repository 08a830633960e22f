package dev.dragoman.training.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What a run says of itself in {@value #NAME}, written anew every few seconds. After a kill the file still says that the run goes on;
 * {@link RunLock} tells whether that is so.
 *
 * @param format of this file
 * @param name of the run, from its recipe
 * @param state when it was written
 * @param parameters of the network; 0 if that is not known
 * @param update number of updates done
 * @param updates at which the run ends
 * @param seconds of training so far
 * @param tokensPerSecond at the last report
 * @param began when the run was started, in the form of ISO 8601
 * @param changed when this was written, in the same form
 * @param host that trains
 * @param pid of the process that trains
 */
public record RunFile(
        int format,
        String name,
        RunState state,
        long parameters,
        long update,
        long updates,
        double seconds,
        double tokensPerSecond,
        String began,
        String changed,
        String host,
        long pid) {
    /** The file in the run's folder. */
    public static final String NAME = "run.json";

    static final int FORMAT = 1;

    /**
     * Reads the file of a run.
     *
     * @throws IOException if there is none, or if it is not whole or of another format; the message names it
     */
    public static RunFile read(Path run) throws IOException {
        Path file = run.resolve(NAME);
        try {
            @Nullable RunFile read = MetricsJson.MAPPER.readValue(Files.readAllBytes(file), RunFile.class);
            if (read == null
                    || read.format != FORMAT
                    || read.name == null
                    || read.state == null
                    || read.changed == null) {
                throw new IOException(file + " is not a run's file of format " + FORMAT);
            }
            return read;
        } catch (JacksonException e) {
            throw new IOException(file + " is not a run's file: " + e.getOriginalMessage(), e);
        }
    }

    /** In one step: a reader sees the old one or this. */
    void write(Path run) throws IOException {
        Path file = run.resolve(NAME);
        Path temporary = run.resolve(NAME + ".tmp");
        Files.write(
                temporary, MetricsJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
