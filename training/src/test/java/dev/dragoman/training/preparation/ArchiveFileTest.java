package dev.dragoman.training.preparation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveFileTest {
    @TempDir
    Path folder;

    private static String read(Path archive, String name) throws IOException {
        try (InputStream input = new ArchiveFile(archive, name).open()) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.tar", "a.tgz", "a.tar.gz", "a.tar.xz", "a.txz", "a.tar.bz2", "a.tbz", "a.zip"})
    void open_fileInAnArchive(String archive) throws IOException {
        Path file = Archives.write(
                folder.resolve(archive),
                Map.of(
                        "training/a.de-en.en", "one\ntwo\n",
                        "training/a.de-en.de", "eins\nzwei\n",
                        "training/packed.en.gz", "three\n",
                        "packed.en.xz", "four\n",
                        "packed.en.bz2", "five\n"));
        assertThat(read(file, "training/a.de-en.de")).isEqualTo("eins\nzwei\n");
        assertThat(read(file, "training/packed.en.gz")).isEqualTo("three\n");
        assertThat(read(file, "packed.en.xz")).isEqualTo("four\n");
        assertThat(read(file, "packed.en.bz2")).isEqualTo("five\n");
        assertThatThrownBy(() -> read(file, "training/a.de-en.fr"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": has no file training/a.de-en.fr, but ")
                .hasMessageContaining("training/a.de-en.en");
    }

    @Test
    void open_namesThatBeginWithADot() throws IOException {
        Path file = Archives.write(folder.resolve("a.tgz"), Map.of("./dev/a.en", "one\n"));
        assertThat(read(file, "dev/a.en")).isEqualTo("one\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.en", "a.en.gz", "a.en.xz", "a.en.bz2"})
    void open_fileByItself(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), Archives.compressed(name, "one\n"));
        assertThat(read(file, null)).isEqualTo("one\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.tgz", "a.tar.xz", "a.tar.bz2"})
    void open_truncatedArchive_isNamed(String archive) throws IOException {
        Path file = Archives.write(folder.resolve(archive), Map.of("a.en", "one\n".repeat(1000)));
        byte[] all = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(all, all.length / 2));
        assertThatThrownBy(() -> {
                    try (PairReader reader =
                            LinePairs.open(new ArchiveFile(file, "a.en"), new ArchiveFile(file, "a.en"))) {
                        while (reader.next() != null) {
                            // Until it breaks.
                        }
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file.toString());
    }

    @Test
    void open_notAnArchive_isNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("a.tgz"), "<html>404</html>");
        assertThatThrownBy(() -> read(file, "a.en"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": ");
    }
}
