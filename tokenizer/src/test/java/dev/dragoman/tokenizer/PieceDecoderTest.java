package dev.dragoman.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PieceDecoderTest {
    private static Vocabulary vocabulary;

    @BeforeAll
    static void readVocabulary() throws IOException {
        ModelFileWriter model = ModelFileWriter.withSpecialPieces();
        for (int value = 0; value < 256; value++) {
            model.piece(String.format("<0x%02X>", value), 0, ModelFileWriter.BYTE);
        }
        for (String piece : new String[] {"▁", "▁Hello", "▁world", "!", "▁😀", "a▁b"}) {
            model.piece(piece, -1, ModelFileWriter.NORMAL);
        }
        vocabulary = Vocabulary.parse(Path.of("test"), model.normalizer().bytes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "▁Hello ▁world !|Hello world!",
                "<s> ▁Hello </s> <pad> <pad>|Hello",
                "▁Hello </s> !|Hello!",
                "▁ ▁Hello|Hello",
                "<s> ▁Hello ▁ ▁world|Hello  world",
                "! ▁ a▁b|! a b",
                "▁😀 ▁😀|😀 😀",
                "▁Hello <unk> !|Hello ⁇ !",
                "<unk>| ⁇ ",
                // é, €, an emoji, and an emoji between text
                "<0xC3> <0xA9>|é",
                "▁Hello ▁ <0xE2> <0x82> <0xAC> !|Hello €!",
                "▁ <0xF0> <0x9F> <0x98> <0x80> ▁world|😀 world",
                // one U+FFFD for each byte that is not part of a character
                "<0x80>|\uFFFD",
                "<0xE2> <0x82> !|\uFFFD\uFFFD!",
                "<0xE2> </s> <0x82> <0xAC>|\uFFFD\uFFFD\uFFFD",
                "<0xF0> <0x9F> <0x41> <0xC3> <0xA9>|\uFFFD\uFFFDAé",
                "<0xED> <0xA0> <0x80>|\uFFFD\uFFFD\uFFFD",
                "<0xC0> <0x80>|\uFFFD\uFFFD",
            })
    void decode_putsPiecesTogether(String pieces, String text) {
        int[] ids = Arrays.stream(pieces.split(" "))
                .mapToInt(piece -> vocabulary.idOf(piece).orElseThrow())
                .toArray();

        assertThat(PieceDecoder.decode(vocabulary, ids)).isEqualTo(text);
    }

    @Test
    void decode_nothing() {
        assertThat(PieceDecoder.decode(vocabulary, new int[0])).isEmpty();
        assertThat(PieceDecoder.decode(vocabulary, new int[] {0, 2, 3})).isEmpty();
    }

    @Test
    void decode_refusesIdOutside() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PieceDecoder.decode(vocabulary, new int[] {4, vocabulary.size()}));
    }

    @ParameterizedTest
    @CsvSource({"<0x00>,0", "<0xff>,255", "<0x7F>,127", "<0x7>,-1", "<0x7G>,-1", "<1x77>,-1", "<0x77],-1", "a,-1"})
    void byteOf_readsHexadecimal(String piece, int value) {
        assertThat(PieceDecoder.byteOf(piece)).isEqualTo(value);
    }
}
