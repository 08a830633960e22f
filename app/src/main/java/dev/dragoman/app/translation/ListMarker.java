package dev.dragoman.app.translation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands before a line's text: bullets, numbers and letters of lists, check boxes, signs of headings and of quotes, with the white
 * space behind them.
 */
final class ListMarker {
    private static final Pattern MARKERS = Pattern.compile("(?:(?:"
            + "[-*+\u2022\u2023\u25E6\u25AA\u25CF\u25CB\u2043\u2013\u2014\u00B7]"
            + "|\\d{1,3}(?:\\.\\d{1,3}){0,3}[.)]"
            + "|\\(?(?:\\d{1,3}|[a-zA-Z]|[ivxIVX]{2,5})\\)"
            + "|#{1,6}|>{1,9}|\\[[ xX]\\]"
            + ")[ \t\u00A0]+)+");

    private ListMarker() {}

    /** Where the text begins; 0 where no marker stands before it. */
    static int end(String sentence) {
        Matcher matcher = MARKERS.matcher(sentence);
        return matcher.lookingAt() && matcher.end() < sentence.length() ? matcher.end() : 0;
    }
}
