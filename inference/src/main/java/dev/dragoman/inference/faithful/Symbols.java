package dev.dragoman.inference.faithful;

/** Pictures: emoji with what modifies and joins them, dingbats, private characters such as icons, and U+FFFC itself. Few vocabularies have them. */
final class Symbols implements SpanRule {
    /** Below are signs that are written as letters are, such as those of copyright and of degrees. */
    private static final int FIRST = 0x2190;

    private static final int JOINER = 0x200D;
    private static final int EMOJI_FORM = 0xFE0F;

    @Override
    public int end(String text, int at) {
        int end = at;
        while (end < text.length()) {
            int symbol = text.codePointAt(end);
            boolean continues = end > at && (symbol == JOINER || symbol == EMOJI_FORM);
            if (!continues && !isSymbol(symbol)) {
                break;
            }
            end += Character.charCount(symbol);
        }
        return end;
    }

    private static boolean isSymbol(int symbol) {
        int type = Character.getType(symbol);
        return symbol == SlottedText.OBJECT
                || type == Character.PRIVATE_USE
                || (symbol >= FIRST && type == Character.OTHER_SYMBOL)
                // The skin colours of emoji.
                || (symbol >= 0x1F3FB && symbol <= 0x1F3FF);
    }
}
