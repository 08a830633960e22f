package dev.dragoman.training.report;

/** Text of a corpus or a network made fit to be shown: nothing in it is invisible or turns what stands around it. */
final class PlainText {
    /** The picture of the control character 0; those of the others follow. */
    private static final int PICTURE = 0x2400;
    /** A longer text is no sentence. */
    private static final int CHARACTERS = 1000;

    private PlainText() {}

    /**
     * The text with a picture for each control character, and the replacement character for what is no character and for the controls of
     * direction; in right-to-left scripts they are needed less than they do harm. Very long text ends in an ellipsis.
     */
    static String of(String text) {
        StringBuilder plain = new StringBuilder();
        int shown = 0;
        for (int i = 0; i < text.length() && shown < CHARACTERS; shown++) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            plain.appendCodePoint(visible(c));
            if (shown == CHARACTERS - 1 && i < text.length()) {
                plain.append('…');
            }
        }
        return plain.toString();
    }

    private static int visible(int c) {
        if (c < ' ') {
            return PICTURE + c;
        }
        if (c == 0x7f) {
            return 0x2421;
        }
        boolean turns = c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
        boolean separates = c == 0x2028 || c == 0x2029;
        boolean control = c >= 0x80 && c <= 0x9f;
        boolean none = Character.getType(c) == Character.SURROGATE || (c & 0xfffe) == 0xfffe;
        return turns || separates || control || none ? 0xfffd : c;
    }
}
