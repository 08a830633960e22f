package dev.dragoman.inference.phrase;

import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Where words begin and end. */
final class WordBoundary {
    /** A symbol beside the code points of a text: between any two characters that are not both of one word. */
    static final int MARK = -1;

    /** Kinds of characters; what is before a text counts as a space. */
    enum Kind {
        SPACE,
        /** Of a script that parts words by spaces: a letter, digit or mark. */
        WORD,
        OTHER
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
            default -> Character.isLetterOrDigit(codePoint) && isSpaced(codePoint) ? Kind.WORD : Kind.OTHER;
        };
    }

    /** Whether a character is of a script, or of none, in which words have spaces between them. */
    static boolean isSpaced(int codePoint) {
        return !WITHOUT_SPACES.contains(UnicodeScript.of(codePoint));
    }

    static boolean isBetween(Kind before, int codePoint) {
        return before != Kind.WORD || kind(codePoint) != Kind.WORD;
    }

    /** A phrase with its marks: one at either end where a character of a word is there. */
    static int[] marked(int[] phrase) {
        int[] marked = new int[2 * phrase.length + 1];
        int length = 0;
        Kind before = Kind.SPACE;
        for (int i = 0; i < phrase.length; i++) {
            Kind kind = kind(phrase[i]);
            if (i > 0 ? isBetween(before, phrase[i]) : kind == Kind.WORD) {
                marked[length++] = MARK;
            }
            marked[length++] = phrase[i];
            before = kind;
        }
        if (before == Kind.WORD) {
            marked[length++] = MARK;
        }
        return Arrays.copyOf(marked, length);
    }
}
