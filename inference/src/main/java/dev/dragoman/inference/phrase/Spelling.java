package dev.dragoman.inference.phrase;

import java.util.function.IntConsumer;

/**
 * Reads pieces as code points, also those that are spelt in bytes.
 *
 * <p>Its whole state are the bytes of a character that is not complete, as a number: those bytes behind a 1, 0 if there are none.
 */
final class Spelling {
    private static final int REPLACEMENT = 0xFFFD;

    private final PieceTexts pieces;

    Spelling(PieceTexts pieces) {
        this.pieces = pieces;
    }

    /**
     * Reads a piece.
     *
     * @param pending the bytes before it
     * @param text is told the code points that are complete
     * @return the bytes behind it
     */
    int read(int pending, int id, IntConsumer text) {
        int next = pieces.byteOf(id);
        if (next != PieceTexts.NO_BYTE) {
            return readByte(pending, next, text);
        }
        int[] codePoints = pieces.text(id);
        if (pending != 0 && codePoints.length > 0) {
            text.accept(REPLACEMENT);
        }
        for (int codePoint : codePoints) {
            text.accept(codePoint);
        }
        return codePoints.length > 0 ? 0 : pending;
    }

    /** How many bytes are pending. */
    static int count(int pending) {
        return pending == 0 ? 0 : (31 - Integer.numberOfLeadingZeros(pending)) / 8;
    }

    private static int readByte(int pending, int next, IntConsumer text) {
        boolean continues = (next & 0xC0) == 0x80;
        if (pending != 0 && !continues) {
            text.accept(REPLACEMENT);
            return readByte(0, next, text);
        }
        int first = pending == 0 ? next : (pending >>> (8 * (count(pending) - 1))) & 0xFF;
        int length = length(first);
        if (length == 0) {
            text.accept(REPLACEMENT);
            return 0;
        }
        int bytes = pending == 0 ? 0x100 | next : (pending << 8) | next;
        if (count(pending) + 1 < length) {
            // At most three, which with the 1 before them fit; a fourth makes the character complete.
            return bytes;
        }
        text.accept(codePoint(pending, next, length));
        return 0;
    }

    /** Bytes of the character that a byte begins; 0 if none begins so. */
    private static int length(int first) {
        if (first < 0x80) {
            return 1;
        }
        if (first < 0xC2 || first > 0xF4) {
            return 0;
        }
        return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    }

    private static int codePoint(int pending, int last, int length) {
        if (length == 1) {
            return last;
        }
        int codePoint = (pending >>> (8 * (length - 2))) & (0xFF >> (length + 1));
        for (int i = length - 3; i >= 0; i--) {
            codePoint = (codePoint << 6) | ((pending >>> (8 * i)) & 0x3F);
        }
        codePoint = (codePoint << 6) | (last & 0x3F);
        return Character.isValidCodePoint(codePoint) ? codePoint : REPLACEMENT;
    }
}
