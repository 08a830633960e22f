package dev.dragoman.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Puts the text of pieces together, exactly as {@code spm_decode} does.
 *
 * <p>In plain Java because the native decoder, seen through JNI, turns characters outside the Basic Multilingual Plane into rubbish and
 * loses the rest of the line. The rules: control pieces have no text; neighbouring byte pieces are joined and read as UTF-8, each byte
 * that is not part of a character giving U+FFFD; U+2581 becomes a space; spaces before the first text are dropped; the unknown piece is
 * written as {@code " ⁇ "}.
 *
 * <p>One object decodes one sequence of ids.
 */
final class PieceDecoder {
    private static final char WORD_START = '\u2581';
    private static final String UNKNOWN_TEXT = " \u2047 ";
    private static final char REPLACEMENT = '\uFFFD';

    private final Vocabulary vocabulary;
    private final StringBuilder text;
    private final ByteBuffer bytes;

    private PieceDecoder(Vocabulary vocabulary, int length) {
        this.vocabulary = vocabulary;
        this.text = new StringBuilder(length * 4);
        this.bytes = ByteBuffer.allocate(length);
    }

    static String decode(Vocabulary vocabulary, int[] ids) {
        PieceDecoder decoder = new PieceDecoder(vocabulary, ids.length);
        for (int id : ids) {
            decoder.append(id);
        }
        decoder.flushBytes();
        return decoder.text.toString();
    }

    /** The byte that {@code <0xE2>} stands for, 0 to 255, or -1 if {@code piece} is not written like that. */
    static int byteOf(String piece) {
        if (piece.length() != 6 || !piece.startsWith("<0x") || piece.charAt(5) != '>') {
            return -1;
        }
        int high = Character.digit(piece.charAt(3), 16);
        int low = Character.digit(piece.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private void append(int id) {
        PieceType type = vocabulary.type(id);
        if (type == PieceType.BYTE) {
            bytes.put((byte) byteOf(vocabulary.piece(id)));
            return;
        }
        flushBytes();
        switch (type) {
            case CONTROL -> {}
            case UNKNOWN -> text.append(UNKNOWN_TEXT);
            default -> appendText(vocabulary.piece(id));
        }
    }

    private void appendText(String piece) {
        boolean dropsSpace = text.isEmpty() && piece.charAt(0) == WORD_START;
        for (int i = dropsSpace ? 1 : 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            text.append(c == WORD_START ? ' ' : c);
        }
    }

    private void flushBytes() {
        if (bytes.position() == 0) {
            return;
        }
        bytes.flip();
        CharsetDecoder utf8 = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer characters = CharBuffer.allocate(bytes.remaining());
        while (bytes.hasRemaining()) {
            CoderResult result = utf8.decode(bytes, characters, true);
            if (result.isMalformed()) {
                bytes.position(bytes.position() + result.length());
                for (int i = 0; i < result.length(); i++) {
                    characters.put(REPLACEMENT);
                }
            }
        }
        text.append(characters.flip());
        bytes.clear();
    }
}
