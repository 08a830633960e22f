package dev.dragoman.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class TsvCorpusTest {
    private static final String TWO_PAIRS = "One.\tUn.\tbook\tprose\nTwo 🙂\tDeux 🙂\n";
    private static final List<SentencePair> TWO =
            List.of(new SentencePair("One.", "Un.", "book", "prose"), new SentencePair("Two 🙂", "Deux 🙂", "", ""));

    @TempDir
    Path directory;

    @Test
    void readAll_plain() throws IOException {
        assertThat(TsvCorpus.readAll(write("a.tsv", TWO_PAIRS))).isEqualTo(TWO);
    }

    @Test
    void readAll_xz() throws IOException {
        assertThat(TsvCorpus.readAll(writeXz("a.tsv.xz", TWO_PAIRS))).isEqualTo(TWO);
    }

    @Test
    void readAll_gzip() throws IOException {
        Path file = directory.resolve("a.tsv.gz");
        try (OutputStream output = new GZIPOutputStream(Files.newOutputStream(file))) {
            output.write(TWO_PAIRS.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(TsvCorpus.readAll(file)).isEqualTo(TWO);
    }

    @Test
    void readAll_byteOrderMarkCarriageReturnsAndNoLastLineFeed() throws IOException {
        assertThat(TsvCorpus.readAll(write("a.tsv", "\uFEFFa\tb\r\nc\td")))
                .containsExactly(new SentencePair("a", "b", "", ""), new SentencePair("c", "d", "", ""));
    }

    @Test
    void readAll_emptyFile() throws IOException {
        assertThat(TsvCorpus.readAll(write("a.tsv", ""))).isEmpty();
    }

    @Test
    void readAll_lineLongerThanAnyBuffer() throws IOException {
        String source = "x".repeat(300_000);
        assertThat(TsvCorpus.readAll(write("a.tsv", source + "\ty\nz\tw\n")))
                .containsExactly(new SentencePair(source, "y", "", ""), new SentencePair("z", "w", "", ""));
    }

    @Test
    void next_malformedLinesAreCountedAndNamed() throws IOException {
        Path file = directory.resolve("a.tsv");
        try (OutputStream output = Files.newOutputStream(file)) {
            output.write("good\tgut\nno tab\n\n".getBytes(StandardCharsets.UTF_8));
            output.write(new byte[] {'a', (byte) 0xC3, '\t', 'b', '\n'});
            output.write("a\tb\tc\td\te\nlast\tletzte\n".getBytes(StandardCharsets.UTF_8));
        }
        try (TsvCorpus corpus = TsvCorpus.open(file)) {
            assertThat(corpus.next()).isEqualTo(new SentencePair("good", "gut", "", ""));
            assertThat(corpus.next()).isEqualTo(new SentencePair("last", "letzte", "", ""));
            assertThat(corpus.next()).isNull();
            assertThat(corpus.lines()).isEqualTo(6);
            assertThat(corpus.skipped())
                    .isEqualTo(Map.of(
                            SkipReason.MISSING_COLUMN, 2L, SkipReason.NOT_UTF8, 1L, SkipReason.TOO_MANY_COLUMNS, 1L));
            assertThat(corpus.firstSkipped())
                    .containsExactly(
                            file + ":2: fewer than two columns",
                            file + ":3: fewer than two columns",
                            file + ":4: not UTF-8",
                            file + ":5: more than four columns");
        }
    }

    @Test
    void next_truncatedXzNamesFileAndLine() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            text.append(i * 7919L).append('\t').append(i * 104_729L).append('\n');
        }
        Path file = writeXz("a.tsv.xz", text.toString());
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> TsvCorpus.readAll(file))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("(?s).*a\\.tsv\\.xz:[1-9]\\d+: .*");
    }

    @Test
    void open_notXzNamesFile() throws IOException {
        Path file = write("a.tsv.xz", TWO_PAIRS);
        assertThatThrownBy(() -> TsvCorpus.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a.tsv.xz");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private Path writeXz(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        try (OutputStream output = new XZOutputStream(Files.newOutputStream(file), new LZMA2Options(1))) {
            output.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }
}
