package dev.dragoman.training.evaluation;

/**
 * Lower case as Python's {@code str.lower()} makes it.
 *
 * <p>{@link String#toLowerCase} differs in the capital sigma, for which it looks at word boundaries and Unicode (section 3.13, which
 * Python follows) at the letters around, and in letters that are younger than its Unicode tables. Those of Unicode 14, the tables of
 * Python 3.11, are listed here, as Java 17 does not know them.
 */
final class LowerCase {
    private static final int CAPITAL_SIGMA = 0x3A3;
    private static final int SMALL_SIGMA = 0x3C3;
    private static final int FINAL_SIGMA = 0x3C2;
    private static final int CAPITAL_I_WITH_DOT = 0x130;

    private LowerCase() {}

    static String of(String text) {
        int[] letters = text.codePoints().toArray();
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < letters.length; i++) {
            switch (letters[i]) {
                case CAPITAL_SIGMA -> lower.appendCodePoint(isFinal(letters, i) ? FINAL_SIGMA : SMALL_SIGMA);
                case CAPITAL_I_WITH_DOT -> lower.append("i\u0307");
                default -> lower.appendCodePoint(lower(letters[i]));
            }
        }
        return lower.toString();
    }

    private static int lower(int letter) {
        // Vithkuqi; without the gaps between its letters.
        boolean vithkuqi =
                letter >= 0x10570 && letter <= 0x10595 && letter != 0x1057B && letter != 0x1058B && letter != 0x10593;
        if (vithkuqi) {
            return letter + 0x27;
        }
        return switch (letter) {
            case 0x2C2F -> 0x2C5F;
            case 0xA7C0, 0xA7D0, 0xA7D6, 0xA7D8 -> letter + 1;
            default -> Character.toLowerCase(letter);
        };
    }

    /** Whether the sigma at {@code i} has a cased letter before it and none behind it. */
    private static boolean isFinal(int[] letters, int i) {
        int before = i - 1;
        while (before >= 0 && isCaseIgnorable(letters[before])) {
            before--;
        }
        if (before < 0 || !isCased(letters[before])) {
            return false;
        }
        int behind = i + 1;
        while (behind < letters.length && isCaseIgnorable(letters[behind])) {
            behind++;
        }
        return behind == letters.length || !isCased(letters[behind]);
    }

    private static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    private static boolean isCaseIgnorable(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default ->
                "'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A".indexOf(c)
                        >= 0;
        };
    }
}
