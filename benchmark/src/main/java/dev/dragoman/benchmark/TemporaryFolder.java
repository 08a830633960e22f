package dev.dragoman.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for weights that may be larger than memory; its owner closes it, which deletes it and what is in it. */
record TemporaryFolder(Path path) implements AutoCloseable {
    /** Makes a folder in another, which is made where it is missing; deleted on an interrupt too. */
    static TemporaryFolder in(Path parent) {
        try {
            Files.createDirectories(parent);
            TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory(parent, "weights-"));
            Runtime.getRuntime().addShutdownHook(new Thread(folder::close));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a folder and what is in it; one that is not there is no error. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }
}
