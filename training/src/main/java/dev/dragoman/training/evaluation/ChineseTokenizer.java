package dev.dragoman.training.evaluation;

import java.util.List;

/** Chinese characters and symbols are words each; between them {@link AsciiPunctuation} stands alone. */
final class ChineseTokenizer implements WordTokenizer {
    /**
     * First and last of each range. Two are odd, but are what sacreBLEU compares: it writes U+20000 to U+2A6D6 and U+2F800 to U+2FA1D
     * with four digits where Python wants eight, so the comparison is with U+2000 '0' to U+2A6D '6' and U+2F80 '0' to U+2FA1 'd'.
     */
    private static final int[] RANGES = {
        0x2001, 0x2A6D, 0x2E80, 0x2EFF, 0x2F00, 0x2FDF, 0x2FF0, 0x2FFF, 0x3000, 0x303F, 0x3100, 0x312F, 0x31A0, 0x31BF,
        0x31C0, 0x31EF, 0x3200, 0x32FF, 0x3300, 0x33FF, 0x3400, 0x4DB5, 0x4E00, 0x9FBB, 0xF900, 0xFA2D, 0xFA30, 0xFA6A,
        0xFA70, 0xFAD9, 0xFE10, 0xFE1F, 0xFE30, 0xFE4F, 0xFF00, 0xFFEF
    };

    @Override
    public String name() {
        return "zh";
    }

    @Override
    public List<String> tokenize(String segment) {
        StringBuilder line = new StringBuilder();
        Whitespace.strip(segment).codePoints().forEach(c -> {
            if (isChinese(c)) {
                line.append(' ').appendCodePoint(c).append(' ');
            } else {
                line.appendCodePoint(c);
            }
        });
        return Whitespace.split(AsciiPunctuation.separatePeriods(AsciiPunctuation.separateSymbols(line.toString())));
    }

    private static boolean isChinese(int c) {
        for (int i = 0; i < RANGES.length; i += 2) {
            if (c >= RANGES[i] && c <= RANGES[i + 1]) {
                return true;
            }
        }
        return false;
    }
}
