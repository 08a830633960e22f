package dev.dragoman.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchTest {
    private static final SpecialIds SPECIAL = new SpecialIds(0, 1, 2);

    @TempDir
    Path directory;

    @Test
    void of_framesAndPads() throws IOException {
        Path french = Files.writeString(directory.resolve("fr.tsv"), "10 11 12\t20\n");
        Path german = Files.writeString(directory.resolve("de.tsv"), "13\t21 22\n");
        EncodedCorpus corpus = EncodedCorpus.read(
                List.of(CorpusPart.of(french, OptionalInt.of(4)), CorpusPart.of(german, OptionalInt.of(5))),
                new NumberTokenizer(),
                PairFilter.NONE,
                1);
        Batch batch = Batch.of(corpus, SPECIAL, new int[] {1, 0});
        assertThat(batch.rows()).isEqualTo(2);
        assertThat(batch.sourceWidth()).isEqualTo(5);
        assertThat(batch.targetWidth()).isEqualTo(3);
        assertThat(batch.source()).containsExactly(5, 13, 2, 0, 0, 4, 10, 11, 12, 2);
        assertThat(batch.sourceLengths()).containsExactly(3, 5);
        assertThat(batch.targetInput()).containsExactly(1, 21, 22, 1, 20, 0);
        assertThat(batch.targetOutput()).containsExactly(21, 22, 2, 20, 2, 0);
        assertThat(batch.targetLengths()).containsExactly(3, 2);
        assertThat(batch.pairs()).containsExactly(1, 0);
        assertThat(batch.sourceTokens()).isEqualTo(8);
        assertThat(batch.targetTokens()).isEqualTo(5);
    }

    @Test
    void of_withoutPrefix() throws IOException {
        Path file = Files.writeString(directory.resolve("a.tsv"), "10\t20\n");
        EncodedCorpus corpus = EncodedCorpus.read(
                List.of(CorpusPart.of(file, OptionalInt.empty())), new NumberTokenizer(), PairFilter.NONE, 1);
        assertThat(Batch.of(corpus, SPECIAL, new int[] {0}).source()).containsExactly(10, 2);
    }

    /** What a language model reads and what it shall predict. */
    @Test
    void of_sentences_framesTheTargets() {
        EncodedCorpus corpus = EncodedCorpus.ofSentences(List.of(new int[] {20, 21}, new int[] {22}));
        Batch batch = Batch.of(corpus, SPECIAL, new int[] {0, 1});
        assertThat(batch.targetInput()).containsExactly(1, 20, 21, 1, 22, 0);
        assertThat(batch.targetOutput()).containsExactly(20, 21, 2, 22, 2, 0);
        assertThat(batch.targetTokens()).isEqualTo(5);
        assertThat(batch.source()).containsExactly(2, 2);
    }
}
