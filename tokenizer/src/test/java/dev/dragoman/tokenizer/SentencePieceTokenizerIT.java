package dev.dragoman.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With the native library: what it is given, what it gives back, and that it is never asked for what would end the JVM. */
class SentencePieceTokenizerIT {
    /** Text of all kinds, in normal form. */
    private static final List<String> LINES = List.of(
            "The package could not be installed.",
            "Le paquet n'a pas pu être installé : « réessayez » plus tard !",
            "Das Paquet – größer als 3,14 MB – fehlt; bitte \"prüfen\".",
            "https://example.org/a_b?c=d&e=%20f#g /etc/passwd --verbose %s %1$d {$name}",
            "<2fr> <s> </s> <pad> <unk> <0x41> hello",
            "😀 a😀b 👩‍🚀 👍🏽 🇫🇷 end of the line",
            "日本語 と русский и ελληνικά and עברית",
            "𝄞 and 𐍈 lie outside the first plane",
            "a",
            "1234567890 1.2.3-4+deb12u1",
            "x".repeat(300));

    private static SentencePieceTokenizer tokenizer;

    @BeforeAll
    static void open() throws IOException {
        tokenizer = SentencePieceTokenizer.open(TestModel.path());
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void decode_isTheInverseOfEncode() {
        for (String line : LINES) {
            assertThat(tokenizer.decode(tokenizer.encode(line))).isEqualTo(line);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n\r", "\u00A0\u3000", "\u200B", "\u0001", "\0"})
    void encode_blankTextHasNoPieces(String blank) {
        assertThat(tokenizer.encode(blank)).isEmpty();
        assertThat(tokenizer.decode(new int[0])).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<2fr>", "</s>", "<s>", "<pad>", "<unk>", "<2de>", "<0x0A>", "a</s>b", "▁<2fr>"})
    void encode_textNeverBecomesAMark(String text) {
        Vocabulary vocabulary = tokenizer.vocabulary();
        int[] ids = tokenizer.encode(text);

        assertThat(ids).isNotEmpty();
        assertThat(Arrays.stream(ids).mapToObj(vocabulary::type)).containsOnly(PieceType.NORMAL);
        assertThat(tokenizer.decode(ids)).isEqualTo(text.replace("▁", ""));
    }

    @Test
    void encode_spellsUnknownCharactersInBytes() {
        Vocabulary vocabulary = tokenizer.vocabulary();

        assertThat(Arrays.stream(tokenizer.encode("😀")).mapToObj(vocabulary::piece))
                .containsExactly("▁", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>");
        for (String line : LINES) {
            assertThat(tokenizer.encode(line)).doesNotContain(vocabulary.unkId());
        }
    }

    @ParameterizedTest
    @CsvSource({
        // NFKC: ligature, full width, superscript, ellipsis, composed accent, trade mark, narrow no-break space
        "'ﬁne','fine'",
        "'ＡＢＣ１','ABC1'",
        "'m²','m2'",
        "'a…','a...'",
        "'e\u0301t\u00E9','été'",
        "'x™','xTM'",
        "'oui\u202F!','oui !'",
        // white space
        "'  a \u00A0\t b  ','a b'",
        "'a\nb','a b'",
        "'a\u200Bb','a b'",
        // control characters
        "'a\u0007b\u007F','ab'",
        // not well-formed, and U+0000
        "'a\0b','a b'",
        "'\0end','end'",
        "'a\uD800b','a b'",
        "'a\uDE00\uD83Db','a b'",
        "'\uD83D',''",
        "'a\uD83D\uDE00b','a😀b'",
    })
    void encode_normalises(String text, String normal) {
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(normal);
        assertThat(tokenizer.encode(text)).isEqualTo(tokenizer.encode(normal));
    }

    @Test
    void encode_agreesWithTheJdkOnNfkc() {
        for (char c = '\u00A0'; c < '\uD800'; c++) {
            String text = "a" + c + "b";
            String nfkc = Normalizer.normalize(text, Normalizer.Form.NFKC);
            // Left to its own rules: white space, marks that compose with the a, and what Unicode added after the
            // model's tables.
            if (Character.isLetter(c) && nfkc.chars().noneMatch(Character::isWhitespace) && c < '\u0530') {
                assertThat(tokenizer.decode(tokenizer.encode(text)))
                        .as("U+%04X", (int) c)
                        .isEqualTo(nfkc);
            }
        }
    }

    @Test
    void encode_keepsTheRestOfALineWithEmoji() {
        assertThat(tokenizer.decode(tokenizer.encode("Good 😀 morning, 🎉 everybody")))
                .isEqualTo("Good 😀 morning, 🎉 everybody");
    }

    @Test
    @Timeout(60)
    void encode_veryLongText() {
        String letters = "a".repeat(1_000_000);
        String words = "word ".repeat(200_000).strip();

        assertThat(tokenizer.decode(tokenizer.encode(letters))).isEqualTo(letters);
        assertThat(tokenizer.decode(tokenizer.encode(words))).isEqualTo(words);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void decode_refusesIdOutside(int id) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.decode(new int[] {300, id}))
                .withMessageContaining("id " + id);
    }

    @Test
    @SuppressWarnings("NullAway") // what a caller without null checks does
    void nullIsRefused() {
        assertThatNullPointerException().isThrownBy(() -> tokenizer.encode(null));
        assertThatNullPointerException().isThrownBy(() -> tokenizer.decode(null));
    }

    @Test
    void close_isFinal() throws IOException {
        SentencePieceTokenizer closed = SentencePieceTokenizer.open(TestModel.path());
        closed.close();
        closed.close();

        assertThatIllegalStateException().isThrownBy(() -> closed.encode("a"));
        assertThatIllegalStateException().isThrownBy(() -> closed.decode(new int[] {300}));
        assertThatIllegalStateException().isThrownBy(closed::vocabulary);
        assertThat(tokenizer.encode("still open")).isNotEmpty();
    }

    @Test
    @Timeout(120)
    void close_whileOthersEncode() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 50; round++) {
                SentencePieceTokenizer shared = SentencePieceTokenizer.open(TestModel.path());
                CountDownLatch started = new CountDownLatch(4);
                List<Future<Integer>> encoders = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    encoders.add(threads.submit(() -> encodeUntilClosed(shared, started)));
                }
                assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
                shared.close();
                for (Future<Integer> encoder : encoders) {
                    assertThat(encoder.get(30, TimeUnit.SECONDS)).isPositive();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static int encodeUntilClosed(SentencePieceTokenizer shared, CountDownLatch started) {
        for (int count = 0; ; count++) {
            try {
                shared.encode("The package could not be installed.");
            } catch (IllegalStateException e) {
                return count;
            }
            if (count == 0) {
                started.countDown();
            }
        }
    }

    @Test
    void encode_byManyThreadsGivesTheSameIds() {
        List<int[]> expected = LINES.stream().map(tokenizer::encode).toList();

        IntStream.range(0, 20_000).parallel().forEach(i -> {
            int line = i % LINES.size();
            assertThat(tokenizer.encode(LINES.get(line))).isEqualTo(expected.get(line));
        });
    }

    @Test
    void open_tellsDjlNotToReportItsUse() {
        assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
        assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
    }

    @Test
    void open_namesABadFile(@TempDir Path directory) throws IOException {
        Path none = directory.resolve("none.model");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> SentencePieceTokenizer.open(none))
                .withMessageContaining("none.model");

        Path foreign = Files.writeString(directory.resolve("foreign.model"), "no model");
        assertThatExceptionOfType(VocabularyFormatException.class)
                .isThrownBy(() -> SentencePieceTokenizer.open(foreign))
                .withMessageContaining("foreign.model");

        // Our reader takes it, the native library does not: a model without any text.
        Path bare = Files.write(
                directory.resolve("bare.model"),
                ModelFileWriter.withSpecialPieces().normalizer().bytes());
        assertThat(Vocabulary.read(bare).size()).isEqualTo(4);
        assertThatExceptionOfType(VocabularyFormatException.class)
                .isThrownBy(() -> SentencePieceTokenizer.open(bare))
                .withMessageContaining("bare.model")
                .withMessageContaining("refused by SentencePiece");
    }

    @Test
    void encode_equalsSpmEncode(@TempDir Path directory) throws Exception {
        SpmCommand.assumeInstalled();
        List<String> lines = new ArrayList<>(LINES);
        lines.addAll(List.of("  ﬁne … ½ ™  ", "a\u00A0b\u202Fc\u200Bd\u200De", "a\u0007b", "▁", "\u00AD"));

        List<String> reference = SpmCommand.run(
                List.of("spm_encode", "--model=" + TestModel.path(), "--output_format=id"), lines, directory);

        assertThat(lines.stream().map(line -> spaced(tokenizer.encode(line)))).isEqualTo(reference);
    }

    @Test
    void decode_equalsSpmDecode(@TempDir Path directory) throws Exception {
        SpmCommand.assumeInstalled();
        // These would end a line of the tool's output.
        Set<Integer> lineEnds = Set.of(
                tokenizer.vocabulary().idOf("<0x0A>").orElseThrow(),
                tokenizer.vocabulary().idOf("<0x0D>").orElseThrow());
        Random random = new Random(1);
        List<int[]> sequences = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            int kind = i % 4;
            sequences.add(random.ints(1 + random.nextInt(12), kind == 0 ? 0 : 4, kind == 1 ? 262 : 1000)
                    .filter(id -> !lineEnds.contains(id))
                    .toArray());
        }

        List<String> reference = SpmCommand.run(
                List.of("spm_decode", "--model=" + TestModel.path(), "--input_format=id"),
                sequences.stream().map(SentencePieceTokenizerIT::spaced).toList(),
                directory);

        assertThat(reference).hasSameSizeAs(sequences);
        for (int i = 0; i < sequences.size(); i++) {
            assertThat(tokenizer.decode(sequences.get(i)))
                    .as(pieces(sequences.get(i)))
                    .isEqualTo(reference.get(i));
        }
    }

    private static String pieces(int[] ids) {
        return Arrays.stream(ids).mapToObj(tokenizer.vocabulary()::piece).collect(Collectors.joining(" "));
    }

    private static String spaced(int[] ids) {
        return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }
}
