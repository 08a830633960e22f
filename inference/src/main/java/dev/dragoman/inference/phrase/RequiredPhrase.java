package dev.dragoman.inference.phrase;

import dev.dragoman.inference.phrase.WordBoundary.Kind;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A phrase that has to be in a translation, and how the tokenizer spells it.
 *
 * @param text code points
 * @param count how often it has to be there
 * @param tokens how many pieces spell it
 * @param metAt {@code [text]}, how many of these are there when so many code points are
 * @param first the piece with which it begins behind a word, with its space where there is one
 * @param isParted whether that piece is the space alone, which at the beginning of a text says nothing
 * @param nextAt {@code [text]}, the piece that spells it on from an offset, -1 if there is none
 */
record RequiredPhrase(int[] text, int count, int tokens, int[] metAt, int first, boolean isParted, int[] nextAt) {
    /** The phrase as it is spelt by these ids, which are at least one. */
    static RequiredPhrase of(int[] text, int[] ids, int count, PieceTexts pieces) {
        int[] nextAt = IntStream.range(0, text.length)
                .map(offset -> pieces.longestAt(text, offset))
                .toArray();
        int[] metAt = new int[text.length];
        Spelling spelling = new Spelling(pieces);
        int[] read = {0};
        int pending = 0;
        int tokens = 0;
        for (int i = 0; i < ids.length; i++) {
            if (pending == 0 && i > 0 && read[0] < text.length) {
                nextAt[read[0]] = ids[i];
            }
            int before = read[0];
            pending = spelling.read(pending, ids[i], codePoint -> read[0] += read[0] == 0 && codePoint == ' ' ? 0 : 1);
            if (read[0] > before) {
                tokens++;
                Arrays.fill(metAt, Math.min(read[0], text.length), text.length, tokens);
            }
        }
        return new RequiredPhrase(
                text,
                count,
                tokens,
                metAt,
                ids[0],
                pieces.text(ids[0]).length == 1 && pieces.text(ids[0])[0] == ' ',
                nextAt);
    }

    /**
     * The pieces with which it may begin: with a space behind a word, without one behind a space, either behind an opening bracket and the like.
     * In scripts without spaces there is none.
     *
     * @param before kind of the last character
     * @param isStart whether there is none
     */
    int[] beginnings(Kind before, boolean isStart) {
        boolean isSpaced = WordBoundary.isSpaced(text[0]);
        int bare = nextAt[0];
        boolean isEither = isStart ? isParted || !isSpaced : isSpaced && before == Kind.OTHER;
        if (isEither && bare >= 0 && bare != first) {
            return new int[] {first, bare};
        }
        boolean isBare = bare >= 0 && !isStart && (before == Kind.SPACE || !isSpaced);
        return new int[] {isBare ? bare : first};
    }
}
