package dev.dragoman.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
    private static final Path NAME = Path.of("somewhere", "pieces.model");

    @Test
    void read_findsPiecesIdsAndTypes() throws IOException {
        Vocabulary vocabulary = Vocabulary.read(TestModel.path());

        assertThat(vocabulary.size()).isEqualTo(1000);
        assertThat(vocabulary.padId()).isEqualTo(0);
        assertThat(vocabulary.unkId()).isEqualTo(1);
        assertThat(vocabulary.bosId()).isEqualTo(2);
        assertThat(vocabulary.eosId()).isEqualTo(3);
        assertThat(vocabulary.piece(3)).isEqualTo("</s>");
        assertThat(vocabulary.idOf("<2fr>")).hasValue(4);
        assertThat(vocabulary.idOf("<2de>")).hasValue(5);
        assertThat(vocabulary.idOf("<2xx>")).isEmpty();
        assertThat(vocabulary.isControl(0)).isTrue();
        assertThat(vocabulary.isControl(4)).isTrue();
        assertThat(vocabulary.type(1)).isEqualTo(PieceType.UNKNOWN);
        assertThat(vocabulary.isControl(1)).isFalse();
        assertThat(vocabulary.piece(6)).isEqualTo("<0x00>");
        assertThat(vocabulary.type(6)).isEqualTo(PieceType.BYTE);
        assertThat(vocabulary.type(261)).isEqualTo(PieceType.BYTE);
        assertThat(vocabulary.type(262)).isEqualTo(PieceType.NORMAL);
        assertThat(vocabulary.score(262)).isNegative();
        int the = vocabulary.idOf("▁the").orElseThrow();
        assertThat(vocabulary.piece(the)).isEqualTo("▁the");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1000, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void piece_refusesIdOutside(int id) throws IOException {
        Vocabulary vocabulary = Vocabulary.read(TestModel.path());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> vocabulary.piece(id))
                .withMessage("id " + id + " is outside the vocabulary of 1000 pieces");
        assertThatIllegalArgumentException().isThrownBy(() -> vocabulary.type(id));
        assertThatIllegalArgumentException().isThrownBy(() -> vocabulary.score(id));
    }

    @Test
    void read_keepsPiecesOutsideTheBasicPlane() throws IOException {
        Vocabulary vocabulary = parse(ModelFileWriter.withSpecialPieces()
                .piece("▁😀", -2, ModelFileWriter.NORMAL)
                .normalizer());

        assertThat(vocabulary.piece(4)).isEqualTo("▁😀");
        assertThat(vocabulary.score(4)).isEqualTo(-2);
    }

    @Test
    void read_missingFile(@TempDir Path directory) {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> Vocabulary.read(directory.resolve("none.model")))
                .withMessageContaining("none.model");
    }

    @Test
    void read_foreignFiles(@TempDir Path directory) throws IOException {
        for (String content : new String[] {"", "This is not a model.", "{\"a\": 1}", "PK\u0003\u0004zip", "<html>"}) {
            Path file = Files.writeString(directory.resolve("foreign.model"), content);
            assertThatExceptionOfType(VocabularyFormatException.class)
                    .isThrownBy(() -> Vocabulary.read(file))
                    .withMessageStartingWith(file + ": not a SentencePiece model");
        }
    }

    @Test
    void parse_noticesEveryCut() throws IOException {
        byte[] whole = TestModel.content();

        for (int length = 0; length < whole.length; length += length < 3000 ? 1 : 499) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(VocabularyFormatException.class)
                    .as("cut to %d bytes", length)
                    .isThrownBy(() -> Vocabulary.parse(NAME, cut))
                    .withMessageStartingWith(NAME + ": ");
        }
    }

    @Property(tries = 500)
    void parse_neverFailsInAnotherWay(
            @ForAll @Size(min = 1, max = 5) List<@IntRange(max = 20_000) Integer> places, @ForAll byte value)
            throws IOException {
        byte[] damaged = TestModel.content();
        places.forEach(place -> damaged[place] = value);

        try {
            Vocabulary vocabulary = Vocabulary.parse(NAME, damaged);
            assertThat(vocabulary.size()).isPositive();
        } catch (VocabularyFormatException e) {
            assertThat(e).hasMessageStartingWith(NAME + ": ");
        }
    }

    @Test
    void parse_namesMissingSpecialPiece() {
        assertRefused(
                new ModelFileWriter()
                        .piece("<unk>", 0, ModelFileWriter.UNKNOWN)
                        .piece("<s>", 0, ModelFileWriter.CONTROL)
                        .piece("</s>", 0, ModelFileWriter.CONTROL)
                        .normalizer(),
                "has no piece <pad> of type CONTROL");
        assertRefused(
                new ModelFileWriter().piece("<pad>", 0, ModelFileWriter.NORMAL).normalizer(),
                "has no piece <pad> of type CONTROL");
    }

    @Test
    void parse_refusesWhatItCannotDecode() {
        assertRefused(ModelFileWriter.withSpecialPieces().normalizer(3, 0), "--add_dummy_prefix=false");
        assertRefused(ModelFileWriter.withSpecialPieces().normalizer(5, 0), "escape_whitespaces=false");
        assertRefused(ModelFileWriter.withSpecialPieces().trainer(24, 1).normalizer(), "--treat_whitespace_as_suffix");
    }

    @Test
    void parse_refusesBadPieces() {
        assertRefused(
                ModelFileWriter.withSpecialPieces()
                        .piece("", 0, ModelFileWriter.NORMAL)
                        .normalizer(),
                "piece 4 is empty");
        assertRefused(
                ModelFileWriter.withSpecialPieces().piece("a", 0, 9).normalizer(), "piece 4 has the unknown type 9");
        assertRefused(
                ModelFileWriter.withSpecialPieces()
                        .piece("<0xZZ>", 0, ModelFileWriter.BYTE)
                        .normalizer(),
                "piece 4 stands for a byte");
        assertRefused(
                ModelFileWriter.withSpecialPieces()
                        .piece("<s>", 0, ModelFileWriter.NORMAL)
                        .normalizer(),
                "pieces 2 and 4 are both '<s>'");
    }

    private static Vocabulary parse(ModelFileWriter model) throws VocabularyFormatException {
        return Vocabulary.parse(NAME, model.bytes());
    }

    private static void assertRefused(ModelFileWriter model, String problem) {
        assertThatExceptionOfType(VocabularyFormatException.class)
                .isThrownBy(() -> parse(model))
                .withMessageStartingWith(NAME + ": ")
                .withMessageContaining(problem);
    }
}
