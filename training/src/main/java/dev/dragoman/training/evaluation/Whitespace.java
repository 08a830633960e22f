package dev.dragoman.training.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * White space as Python's {@code str.split()} sees it, which neither {@link Character#isWhitespace} nor {@code \s} equals: the
 * no-break spaces and U+0085 belong to it.
 */
public final class Whitespace {
    private Whitespace() {}

    static boolean isWhitespace(int c) {
        return (c >= '\t' && c <= '\r')
                || (c >= '\u001C' && c <= ' ')
                || c == '\u0085'
                || c == '\u00A0'
                || c == '\u1680'
                || (c >= '\u2000' && c <= '\u200A')
                || c == '\u2028'
                || c == '\u2029'
                || c == '\u202F'
                || c == '\u205F'
                || c == '\u3000';
    }

    /** The stretches of {@code text} between white space. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean inside = i < text.length() && !isWhitespace(text.charAt(i));
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            }
        }
        return words;
    }

    /** {@code text} without the white space at its end. */
    public static String stripTrailing(String text) {
        int end = text.length();
        while (end > 0 && isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /** {@code text} without the white space at both ends. */
    static String strip(String text) {
        String stripped = stripTrailing(text);
        int start = 0;
        while (start < stripped.length() && isWhitespace(stripped.charAt(start))) {
            start++;
        }
        return stripped.substring(start);
    }
}
