package dev.dragoman.training.preparation;

import dev.dragoman.training.preparation.Preparation.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a run keeps what. Beside the files of a {@link PreparedFolder} there is {@code work/} until all is done.
 *
 * @param folder the folder to prepare
 */
record PreparationFiles(Path folder) {
    /** A text as training gets it. */
    Path text(Text text) {
        return folder.resolve(text.path());
    }

    /** Says that a text is there. */
    Path textRecord(Text text) {
        return folder.resolve(PreparedFolder.TEXT).resolve(text.name() + ".json");
    }

    /** A cleaned text, duplicates among it. */
    Path cleaned(Text text) {
        return work().resolve(text.name() + ".tsv.gz");
    }

    /** The hashes of its pairs. */
    Path hashes(Text text) {
        return work().resolve(text.name() + ".hashes");
    }

    /** Says that a text is cleaned. */
    Path cleaningRecord(Text text) {
        return work().resolve(text.name() + ".json");
    }

    /** One bit for every cleaned pair: whether it was met before. */
    Path duplicates() {
        return work().resolve("duplicates.bits");
    }

    Path shards() {
        return folder.resolve(PreparedFolder.SHARDS);
    }

    /** Says that a text is encoded. */
    Path shardsRecord(Text text) {
        return shards().resolve(text.name() + ".json");
    }

    Path index() {
        return folder.resolve(PreparedFolder.INDEX);
    }

    Path work() {
        return folder.resolve("work");
    }

    void createFolders() throws IOException {
        for (Path needed : List.of(work(), folder.resolve(PreparedFolder.TEXT), shards())) {
            Files.createDirectories(needed);
        }
    }

    void deleteWork() throws IOException {
        if (!Files.exists(work())) {
            return;
        }
        try (Stream<Path> files = Files.walk(work())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
