package dev.dragoman.app.translation;

/** Replaces what cannot be part of a text. */
final class CleanText {
    private static final char REPLACEMENT = '\uFFFD';

    private CleanText() {}

    /**
     * The text with a space for every control character but tab, line feed and carriage return, and U+FFFD for every surrogate
     * without its other half. A space rather than nothing, so that words which only a form feed separated stay apart.
     */
    static String of(String text) {
        int first = firstUnclean(text);
        if (first == text.length()) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length()).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPair(text, i)) {
                clean.append(c).append(text.charAt(++i));
            } else {
                clean.append(Character.isSurrogate(c) ? REPLACEMENT : isStrayControl(c) ? ' ' : c);
            }
        }
        return clean.toString();
    }

    private static int firstUnclean(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPair(text, i)) {
                i++;
            } else if (Character.isSurrogate(c) || isStrayControl(c)) {
                return i;
            }
        }
        return text.length();
    }

    private static boolean isPair(String text, int index) {
        return index + 1 < text.length() && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
    }

    private static boolean isStrayControl(char c) {
        return Character.isISOControl(c) && c != '\t' && c != '\n' && c != '\r';
    }
}
