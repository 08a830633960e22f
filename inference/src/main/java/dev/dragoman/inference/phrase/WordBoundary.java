package dev.dragoman.inference.phrase;

import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Where words begin and end. */
final class WordBoundary {
    /** A symbol beside the code points of a text: between any two characters that are not both of one word. */
    static final int MARK = -1;

    /** Between a small letter and a capital, where a word is written on to another. */
    static final int CASE = -2;

    /** Between the other characters of a word is no symbol. */
    static final int NOTHING = -3;

    /** Kinds of characters; what is before a text counts as a space. */
    enum Kind {
        SPACE,
        /** Of a script that parts words by spaces: a digit, a mark, a letter that is not small. */
        WORD,
        /** A small letter of such a script. */
        LOWER,
        OTHER;

        boolean isWord() {
            return this == WORD || this == LOWER;
        }
    }

    private static final Set<UnicodeScript> WITHOUT_SPACES = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR,
            UnicodeScript.TIBETAN);

    private WordBoundary() {}

    static Kind kind(int codePoint) {
        if (codePoint == ' ') {
            return Kind.SPACE;
        }
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> Kind.WORD;
            default ->
                !Character.isLetterOrDigit(codePoint) || !isSpaced(codePoint)
                        ? Kind.OTHER
                        : Character.isLowerCase(codePoint) ? Kind.LOWER : Kind.WORD;
        };
    }

    /** Whether a character is of a script, or of none, in which words have spaces between them. */
    static boolean isSpaced(int codePoint) {
        return !WITHOUT_SPACES.contains(UnicodeScript.of(codePoint));
    }

    /** Whether a word may begin or end between two characters. */
    static boolean isBetween(Kind before, int codePoint) {
        return !before.isWord() || !kind(codePoint).isWord();
    }

    /** The symbol between two characters: {@link #MARK}, {@link #CASE} or {@link #NOTHING}. */
    static int between(Kind before, int codePoint) {
        if (isBetween(before, codePoint)) {
            return MARK;
        }
        return before == Kind.LOWER && Character.isUpperCase(codePoint) ? CASE : NOTHING;
    }

    /**
     * A phrase with its symbols; at its end is a mark if a character of a word is.
     *
     * @param first the symbol at its beginning if a character of a word is there
     */
    static int[] marked(int[] phrase, int first) {
        int[] marked = new int[2 * phrase.length + 1];
        int length = 0;
        Kind before = Kind.SPACE;
        for (int i = 0; i < phrase.length; i++) {
            Kind kind = kind(phrase[i]);
            int symbol = i > 0 ? between(before, phrase[i]) : kind.isWord() ? first : NOTHING;
            if (symbol != NOTHING) {
                marked[length++] = symbol;
            }
            marked[length++] = phrase[i];
            before = kind;
        }
        if (before.isWord()) {
            marked[length++] = MARK;
        }
        return Arrays.copyOf(marked, length);
    }
}
