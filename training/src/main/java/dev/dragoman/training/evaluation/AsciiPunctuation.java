package dev.dragoman.training.evaluation;

import java.util.regex.Pattern;

/**
 * Spaces around punctuation as {@code mteval-v13a.pl} of the WMT evaluations sets them: punctuation stands alone, but a period or
 * comma between digits does not. It knows ASCII only.
 */
final class AsciiPunctuation {
    private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
    private static final Pattern PERIOD_AFTER_OTHER = Pattern.compile("([^0-9])([.,])");
    private static final Pattern PERIOD_BEFORE_OTHER = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

    private AsciiPunctuation() {}

    /** Spaces around symbols: all ASCII punctuation but {@code ' , - .} */
    static String separateSymbols(String text) {
        return SYMBOL.matcher(text).replaceAll(" $1 ");
    }

    /** Spaces around periods and commas that a digit does not hold, and behind a dash after a digit. */
    static String separatePeriods(String text) {
        String spaced = PERIOD_AFTER_OTHER.matcher(text).replaceAll("$1 $2 ");
        spaced = PERIOD_BEFORE_OTHER.matcher(spaced).replaceAll(" $1 $2");
        return DASH_AFTER_DIGIT.matcher(spaced).replaceAll("$1 $2 ");
    }

    /** The characters of the four entities that the evaluations know; an ampersand that one yields begins another. */
    static String unescape(String text) {
        return text.replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
    }
}
