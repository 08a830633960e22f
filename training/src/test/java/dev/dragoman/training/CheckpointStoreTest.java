package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.training.data.BatchPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
    @TempDir
    Path run;

    private Path folder;
    private CheckpointStore store;

    @BeforeEach
    void create() {
        folder = run.resolve("checkpoints");
        store = new CheckpointStore(folder, 2);
    }

    private static TrainingState state(int update) {
        return new TrainingState(update, new BatchPosition(3, update % 7), 12.5, 31.25, 0, 0, GradientHistory.NONE);
    }

    private Path write(int update) throws IOException {
        return store.write(state(update), part -> Files.writeString(part.resolve("weights"), "of " + update));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void write_isReadBack() throws IOException {
        Path checkpoint = write(7);
        assertThat(checkpoint).isEqualTo(folder.resolve("update-00000007"));
        assertThat(checkpoint.resolve("weights")).hasContent("of 7");
        assertThat(CheckpointStore.state(checkpoint)).isEqualTo(state(7));
        assertThat(store.newest()).contains(checkpoint);
    }

    @Test
    void newest_withoutAny_isEmpty() throws IOException {
        assertThat(store.newest()).isEmpty();
        Files.createDirectories(folder);
        assertThat(store.newest()).isEmpty();
    }

    /** By the number, across a change of its digits, not by when it was written. */
    @Test
    void write_keepsTheNewest() throws IOException {
        for (int update : new int[] {9, 10, 100}) {
            write(update);
        }
        assertThat(names()).containsExactly("update-00000010", "update-00000100");
        assertThat(store.newest()).contains(folder.resolve("update-00000100"));
        write(1000);
        assertThat(names()).containsExactly("update-00000100", "update-00001000");
    }

    @Test
    void write_sameUpdateAgain_replacesIt() throws IOException {
        write(5);
        store.write(state(5), part -> Files.writeString(part.resolve("weights"), "again"));
        assertThat(names()).containsExactly("update-00000005");
        assertThat(folder.resolve("update-00000005/weights")).hasContent("again");
    }

    /** A full disk, for example. */
    @Test
    void write_failingHalfWay_leavesTheOldAndIsNotSeen() throws IOException {
        write(5);
        assertThatThrownBy(() -> store.write(state(6), part -> {
                    Files.writeString(part.resolve("weights"), "half");
                    throw new IOException("no space left");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("the checkpoint of update 6 cannot be written: no space left; the last good checkpoint is "
                        + folder.resolve("update-00000005"));
        assertThat(folder.resolve("update-00000006.part")).doesNotExist();
        assertThat(store.newest()).contains(folder.resolve("update-00000005"));
        assertThat(folder.resolve("update-00000006")).doesNotExist();
    }

    /** While its files are being written, a checkpoint does not bear its name. */
    @Test
    void write_isNotSeenBeforeItIsWhole() throws IOException {
        store.write(state(5), part -> {
            assertThat(store.newest()).isEmpty();
            assertThat(part.getFileName()).hasToString("update-00000005.part");
        });
        assertThat(store.newest()).isPresent();
    }

    /** What a killed process leaves: ignored by the reader, removed by the next writer. */
    @Test
    void leftovers_areIgnoredAndRemoved() throws IOException {
        write(5);
        Path left = Files.createDirectory(folder.resolve("update-00000099.part"));
        Files.writeString(left.resolve("weights"), "torn");
        Files.writeString(folder.resolve("notes.txt"), "not ours");
        assertThat(store.newest()).contains(folder.resolve("update-00000005"));
        write(6);
        assertThat(names()).containsExactly("notes.txt", "update-00000005", "update-00000006");
    }

    @Test
    void newest_otherNamesAndFiles_areNoCheckpoints() throws IOException {
        write(5);
        Files.createDirectory(folder.resolve("update-old"));
        Files.createDirectory(folder.resolve("update-00000007 (copy)"));
        Files.writeString(folder.resolve("update-00000009"), "a file");
        assertThat(store.newest()).contains(folder.resolve("update-00000005"));
    }

    /** The score of a validation that came after the checkpoint joins it; nothing else of it changes. */
    @Test
    void amend_replacesTheStateOnly() throws IOException {
        write(4);
        Path checkpoint = write(5);
        TrainingState better = new TrainingState(5, new BatchPosition(3, 5), 12.5, 40, 5, 0, GradientHistory.NONE);
        store.amend(better);
        assertThat(CheckpointStore.state(checkpoint)).isEqualTo(better);
        assertThat(checkpoint.resolve("weights")).hasContent("of 5");
        try (Stream<Path> files = Files.list(checkpoint)) {
            assertThat(files).hasSize(2);
        }
        assertThat(CheckpointStore.state(folder.resolve("update-00000004"))).isEqualTo(state(4));
    }

    @Test
    void state_damaged_isNamed() throws IOException {
        Path checkpoint = write(5);
        for (String damage : List.of("", "{", "{\"update\":\"x\"}", "[]", "{\"update\":-3}")) {
            Files.writeString(checkpoint.resolve("state.json"), damage);
            assertThatThrownBy(() -> CheckpointStore.state(checkpoint))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith(checkpoint.resolve("state.json") + " cannot be read");
        }
        Files.delete(checkpoint.resolve("state.json"));
        assertThatThrownBy(() -> CheckpointStore.state(checkpoint)).isInstanceOf(IllegalStateException.class);
    }
}
