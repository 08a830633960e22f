package dev.dragoman.app.translation;

import org.springframework.web.util.HtmlUtils;

/** Characters that markup writes as {@code &name;}. */
final class Entities {
    /** The longest name of HTML 4 and a number of seven digits both fit. */
    private static final int LONGEST = 12;

    private Entities() {}

    /** Text for a model. */
    static String decode(String text) {
        return text.indexOf('&') < 0 ? text : HtmlUtils.htmlUnescape(text);
    }

    /** Text for between tags: only what would be read as markup is written as an entity. */
    static String encode(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** Where the entity that begins at {@code at} ends if it is one that {@link #decode} does not know; {@code at} otherwise. */
    static int endOfUnknown(String markup, int at) {
        int limit = Math.min(markup.length(), at + LONGEST);
        int end = at + 1;
        while (end < limit && markup.charAt(end) != ';') {
            end++;
        }
        if (end == limit) {
            return at;
        }
        String entity = markup.substring(at, end + 1);
        boolean isName = entity.length() > 2
                && entity.substring(1, entity.length() - 1)
                        .chars()
                        .allMatch(c -> c == '#' || Character.isLetterOrDigit(c));
        return isName && decode(entity).equals(entity) ? end + 1 : at;
    }
}
