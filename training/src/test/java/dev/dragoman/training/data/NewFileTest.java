package dev.dragoman.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFileTest {
    @TempDir
    Path folder;

    @Test
    void commit_makesTheFileAppear() throws IOException {
        Path target = Files.writeString(folder.resolve("a"), "old");
        try (NewFile file = NewFile.create(target)) {
            file.stream().write("new".getBytes(StandardCharsets.UTF_8));
            file.stream().flush();
            assertThat(target).hasContent("old");
            file.commit();
        }
        assertThat(target).hasContent("new");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void close_withoutCommit_leavesNothing() throws IOException {
        Path target = folder.resolve("a");
        try (NewFile file = NewFile.create(target)) {
            file.stream().write(1);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void write_diskIsFull_namesTheFile() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Path part = Files.createSymbolicLink(folder.resolve("a.part"), full);
        assertThatThrownBy(() -> NewFile.write(folder.resolve("a"), new byte[100]))
                .isInstanceOf(IOException.class)
                .hasMessage(part + ": No space left on device");
        assertThat(folder.resolve("a")).doesNotExist();
    }
}
