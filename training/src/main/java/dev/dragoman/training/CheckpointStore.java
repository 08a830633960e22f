package dev.dragoman.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The checkpoints of a run: folders named by the update after which they were taken.
 *
 * <p>A checkpoint is written under another name and renamed when all of it is on disk, so whatever bears a checkpoint's name is whole,
 * wherever the process was killed. Leftovers of an interrupted writing are removed by the next.
 */
final class CheckpointStore {
    /** The folder of a run's checkpoints within that of the run. */
    static final String FOLDER = "checkpoints";

    static final String WEIGHTS = "weights.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";
    private static final String STATE = "state.json";
    private static final String PREFIX = "update-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "\\d{8,10}");
    private static final String PART = ".part";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final int keep;

    /**
     * Checkpoints of one run.
     *
     * @param folder created when the first is written
     * @param keep how many of the newest stay
     */
    CheckpointStore(Path folder, int keep) {
        this.folder = folder;
        this.keep = keep;
    }

    /**
     * Finds out at once what would otherwise fail at the first checkpoint, hours later.
     *
     * @param bytes that a checkpoint takes
     * @throws IOException if nothing can be written here, or not as much
     */
    void requireRoom(long bytes) throws IOException {
        Files.createDirectories(folder);
        Path probe = folder.resolve("probe" + PART);
        Files.write(probe, new byte[1]);
        Files.delete(probe);
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s: a checkpoint takes %,d bytes, but only %,d are free on its disk",
                    folder,
                    bytes,
                    free));
        }
    }

    /** Writes the files of a checkpoint other than its state. */
    interface Content {
        void writeTo(Path checkpoint) throws IOException;
    }

    /**
     * Writes a checkpoint and removes those that are one too many.
     *
     * @throws IOException if it cannot be written; those before it are as they were, and nothing is left of it
     */
    Path write(TrainingState state, Content content) throws IOException {
        try {
            return writeWhole(state, content);
        } catch (IOException e) {
            String before = newest().map(Path::toString).orElse("none");
            try {
                removeLeftovers();
            } catch (IOException leftover) {
                e.addSuppressed(leftover);
            }
            throw new IOException(
                    "the checkpoint of update " + state.update() + " cannot be written: " + e.getMessage()
                            + "; the last good checkpoint is " + before,
                    e);
        }
    }

    private Path writeWhole(TrainingState state, Content content) throws IOException {
        Files.createDirectories(folder);
        removeLeftovers();
        Path checkpoint = folder.resolve(name(state.update()));
        Path part = partOf(checkpoint);
        Files.createDirectory(part);
        content.writeTo(part);
        Path stateFile = part.resolve(STATE);
        Files.write(stateFile, JSON.writeValueAsBytes(state));
        force(stateFile);
        force(part);
        // The same update again, after a resumption without an update of its own: equal content, so either will do.
        remove(checkpoint);
        Files.move(part, checkpoint, StandardCopyOption.ATOMIC_MOVE);
        force(folder);
        List<Path> all = all();
        for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
            // Under the other name first, or a kill half-way would leave a part of it under this one.
            remove(Files.move(old, partOf(old), StandardCopyOption.ATOMIC_MOVE));
        }
        return checkpoint;
    }

    /** Writes the state of the checkpoint of the same update anew; its other files stay. */
    void amend(TrainingState state) throws IOException {
        Path checkpoint = folder.resolve(name(state.update()));
        Path part = checkpoint.resolve(STATE + PART);
        Files.write(part, JSON.writeValueAsBytes(state));
        force(part);
        Files.move(
                part, checkpoint.resolve(STATE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String name(int update) {
        return String.format(Locale.ROOT, PREFIX + "%08d", update);
    }

    private static Path partOf(Path checkpoint) {
        return checkpoint.resolveSibling(checkpoint.getFileName() + PART);
    }

    /** The newest checkpoint. */
    Optional<Path> newest() {
        List<Path> all = all();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** The state that a checkpoint holds. */
    static TrainingState state(Path checkpoint) {
        Path file = checkpoint.resolve(STATE);
        try {
            return JSON.readValue(Files.readAllBytes(file), TrainingState.class);
        } catch (IOException | JacksonException e) {
            throw new IllegalStateException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Oldest first. */
    List<Path> all() {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory)
                    .filter(entry ->
                            NAME.matcher(entry.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeLeftovers() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.filter(
                            path -> path.getFileName().toString().endsWith(PART))
                    .toList()) {
                remove(entry);
            }
        }
    }

    private static void remove(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(tree)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
