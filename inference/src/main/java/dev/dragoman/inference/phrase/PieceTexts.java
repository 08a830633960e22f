package dev.dragoman.inference.phrase;

import dev.dragoman.tokenizer.PieceType;
import dev.dragoman.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What each piece of a vocabulary adds to a text, as {@code spm_decode} would write it. Immutable. */
final class PieceTexts {
    private static final char WORD_START = '\u2581';
    private static final String UNKNOWN_TEXT = " \u2047 ";

    /** Of pieces that are no byte. */
    static final int NO_BYTE = -1;

    private final int[][] texts;
    private final int[] bytes;
    private final Map<String, Integer> ids = new HashMap<>();
    private final int[] idsOfBytes = IntStream.generate(() -> -1).limit(256).toArray();
    private int longest;

    /** The pieces by their ids, as a vocabulary writes them. */
    PieceTexts(List<String> pieces, List<PieceType> types) {
        texts = new int[pieces.size()][];
        bytes = new int[pieces.size()];
        for (int id = 0; id < texts.length; id++) {
            String piece = pieces.get(id);
            bytes[id] = NO_BYTE;
            String text = switch (types.get(id)) {
                case CONTROL -> "";
                case UNKNOWN -> UNKNOWN_TEXT;
                case BYTE -> {
                    // Written like <0xE2>.
                    bytes[id] = Integer.parseInt(piece.substring(3, 5), 16);
                    idsOfBytes[bytes[id]] = id;
                    yield "";
                }
                default -> {
                    String written = piece.replace(WORD_START, ' ');
                    ids.put(written, id);
                    longest = Math.max(longest, written.length());
                    yield written;
                }
            };
            texts[id] = text.codePoints().toArray();
        }
    }

    static PieceTexts of(Vocabulary vocabulary) {
        return new PieceTexts(
                IntStream.range(0, vocabulary.size())
                        .mapToObj(vocabulary::piece)
                        .toList(),
                IntStream.range(0, vocabulary.size()).mapToObj(vocabulary::type).toList());
    }

    int size() {
        return texts.length;
    }

    /** Code points, spaces as such; none of a control piece or a byte. */
    int[] text(int id) {
        return texts[id];
    }

    /** 0 to 255, or {@link #NO_BYTE}. */
    int byteOf(int id) {
        return bytes[id];
    }

    /** The longest piece that spells a phrase on from an offset, or else the first byte of what is there; -1 if there is neither. */
    int longestAt(int[] phrase, int offset) {
        for (int length = Math.min(longest, phrase.length - offset); length > 0; length--) {
            Integer id = ids.get(new String(phrase, offset, length));
            if (id != null) {
                return id;
            }
        }
        return byteBehind(0, phrase[offset]);
    }

    /**
     * The piece of the next byte of a character's UTF-8; -1 if there is none.
     *
     * @param pending the bytes before it, as {@link Spelling} tells them; those of another character are followed by none
     */
    int byteBehind(int pending, int codePoint) {
        byte[] utf8 = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
        int count = Spelling.count(pending);
        for (int i = 0; i < count; i++) {
            int there = (pending >>> (8 * (count - 1 - i))) & 0xFF;
            if (i >= utf8.length || there != (utf8[i] & 0xFF)) {
                return -1;
            }
        }
        return count < utf8.length ? idsOfBytes[utf8[count] & 0xFF] : -1;
    }
}
