package dev.dragoman.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodedCorpusTest {
    private static final NumberTokenizer TOKENIZER = new NumberTokenizer();

    @TempDir
    Path directory;

    @Test
    void read_keepsIdsInOrderAndCountsTheRest() throws IOException {
        Path file = Files.writeString(
                directory.resolve("a.tsv"),
                "10 11\t20\tx\tprose\nmalformed\n\t5\tx\tprose\n7\t7\tx\tprose\n8\t9\tx\tstring\n65535\t0 1 2\tx\tprose\n");
        EncodedCorpus corpus = EncodedCorpus.read(
                List.of(new CorpusPart(file, OptionalInt.of(4), Set.of("prose"), 1)), TOKENIZER, PairFilter.DEFAULT, 1);
        assertThat(corpus.size()).isEqualTo(2);
        assertThat(source(corpus, 0)).containsExactly(10, 11);
        assertThat(target(corpus, 0)).containsExactly(20);
        assertThat(source(corpus, 1)).containsExactly(65_535);
        assertThat(target(corpus, 1)).containsExactly(0, 1, 2);
        CorpusReport report = corpus.reports().get(0);
        assertThat(report.lines()).isEqualTo(6);
        assertThat(report.pairs()).isEqualTo(2);
        assertThat(report.sourceTokens()).isEqualTo(3);
        assertThat(report.targetTokens()).isEqualTo(4);
        assertThat(report.skipped())
                .isEqualTo(Map.of(
                        SkipReason.MISSING_COLUMN, 1L,
                        SkipReason.EMPTY_SIDE, 1L,
                        SkipReason.IDENTICAL_SIDES, 1L,
                        SkipReason.OTHER_KIND, 1L));
        assertThat(report.examples()).containsExactly(file + ":2: fewer than two columns");
        assertThat(report)
                .hasToString(
                        "a.tsv: 2 of 6 lines, 3 source and 4 target tokens; left out: fewer than two columns 1, kind not"
                                + " asked for 1, empty side 1, identical sides 1");
    }

    private static CorpusPart sentences(Path file, Column... columns) {
        return new CorpusPart(file, OptionalInt.empty(), Set.of(), 1, List.of(columns));
    }

    /** A language model's text: either side by itself, and none twice, in whatever file and column it stands. */
    @Test
    void readSentences_takesEachOnce() throws IOException {
        Path first = Files.writeString(
                directory.resolve("a.tsv"), "10 11\t20\n10 11\t21 22 23\n99\t10 11\n \t20\n7\tx\tmore\tthan\tfour\n");
        Path second = Files.writeString(directory.resolve("b.tsv"), "20\t30\n31\t1 2 3 4\n");
        SentenceSet seen = new SentenceSet();
        seen.add("99");
        EncodedCorpus corpus = EncodedCorpus.readSentences(
                List.of(sentences(first, Column.SOURCE, Column.TARGET), sentences(second, Column.TARGET)),
                TOKENIZER,
                3,
                seen,
                2);
        assertThat(corpus.size()).isEqualTo(4);
        assertThat(target(corpus, 0)).containsExactly(10, 11);
        assertThat(target(corpus, 1)).containsExactly(20);
        assertThat(target(corpus, 2)).containsExactly(21, 22, 23);
        assertThat(target(corpus, 3)).containsExactly(30);
        assertThat(corpus.sourceLength(0)).isZero();
        CorpusReport report = corpus.reports().get(0);
        assertThat(report.skipped())
                .isEqualTo(
                        Map.of(SkipReason.DUPLICATE, 4L, SkipReason.EMPTY_SIDE, 1L, SkipReason.TOO_MANY_COLUMNS, 1L));
        assertThat(report)
                .hasToString(
                        "a.tsv: 3 sentences of 5 lines, 6 tokens; left out: more than four columns 1, empty side 1,"
                                + " met before 4");
        assertThat(corpus.reports().get(1).skipped()).isEqualTo(Map.of(SkipReason.TOO_LONG, 1L));
    }

    @Test
    void readSentences_isTheSameOnAnyNumberOfThreads() throws IOException {
        Path file = ToyCorpus.write(directory.resolve("a.tsv"), 10_000, 4);
        List<CorpusPart> parts = List.of(sentences(file, Column.SOURCE), sentences(file, Column.TARGET, Column.SOURCE));
        EncodedCorpus one = EncodedCorpus.readSentences(parts, TOKENIZER, 200, new SentenceSet(), 1);
        EncodedCorpus four = EncodedCorpus.readSentences(parts, TOKENIZER, 200, new SentenceSet(), 4);
        assertThat(one.size()).isBetween(19_000, 20_000).isEqualTo(four.size());
        for (int sentence = 0; sentence < one.size(); sentence++) {
            assertThat(target(one, sentence)).isEqualTo(target(four, sentence));
        }
    }

    @Test
    void ofSentences_keepsThem() {
        EncodedCorpus corpus = EncodedCorpus.ofSentences(List.of(new int[] {5, 6}, new int[] {7}));
        assertThat(corpus.size()).isEqualTo(2);
        assertThat(target(corpus, 0)).containsExactly(5, 6);
        assertThat(target(corpus, 1)).containsExactly(7);
    }

    @Test
    void read_isTheSameOnAnyNumberOfThreads() throws IOException {
        Path file = ToyCorpus.write(directory.resolve("a.tsv"), 20_000, 3);
        List<CorpusPart> parts =
                List.of(CorpusPart.of(file, OptionalInt.empty()), CorpusPart.of(file, OptionalInt.of(7)));
        EncodedCorpus one = EncodedCorpus.read(parts, TOKENIZER, PairFilter.NONE, 1);
        EncodedCorpus four = EncodedCorpus.read(parts, TOKENIZER, PairFilter.NONE, 4);
        List<SentencePair> pairs = TsvCorpus.readAll(file);
        assertThat(one.size()).isEqualTo(40_000);
        assertThat(four.size()).isEqualTo(40_000);
        for (int pair = 0; pair < one.size(); pair++) {
            SentencePair text = pairs.get(pair % 20_000);
            assertThat(source(one, pair))
                    .isEqualTo(TOKENIZER.encode(text.source()))
                    .isEqualTo(source(four, pair));
            assertThat(target(one, pair))
                    .isEqualTo(TOKENIZER.encode(text.target()))
                    .isEqualTo(target(four, pair));
        }
        assertThat(one.part(19_999)).isEqualTo(parts.get(0));
        assertThat(one.part(20_000)).isEqualTo(parts.get(1));
        assertThat(one.reports()).isEqualTo(four.reports());
    }

    @Test
    void read_idBeyondSixteenBits() throws IOException {
        Path file = Files.writeString(directory.resolve("a.tsv"), "65536\t1\n");
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536");
    }

    @Test
    void read_tokenizerFailureReachesTheCaller() throws IOException {
        Path file = Files.writeString(directory.resolve("a.tsv"), "one\ttwo\n");
        assertThatThrownBy(() -> read(file)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void read_missingFile() {
        assertThatThrownBy(() -> read(directory.resolve("none.tsv")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none.tsv");
    }

    private static EncodedCorpus read(Path file) throws IOException {
        return EncodedCorpus.read(List.of(CorpusPart.of(file, OptionalInt.empty())), TOKENIZER, PairFilter.DEFAULT, 2);
    }

    private static int[] source(EncodedCorpus corpus, int pair) {
        int[] ids = new int[corpus.sourceLength(pair)];
        corpus.copySource(pair, ids, 0);
        return ids;
    }

    private static int[] target(EncodedCorpus corpus, int pair) {
        int[] ids = new int[corpus.targetLength(pair)];
        corpus.copyTarget(pair, ids, 0);
        return ids;
    }
}
