package dev.dragoman.training.preparation;

import java.text.Normalizer;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One form for text from many sources. */
final class PlainText {
    private static final Pattern REFERENCE = Pattern.compile("&(?:#(\\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\\w{2,6}));");
    private static final Map<String, String> NAMED =
            Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", " ");

    private PlainText() {}

    /**
     * The text in NFC, its character references resolved, its white space single spaces and none at the ends. White space are also the
     * line ends of Unicode and spaces that take no room; soft hyphens are dropped.
     */
    static String of(String raw) {
        String text = raw.indexOf('&') < 0 ? raw : resolve(raw);
        text = Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFC);
        StringBuilder plain = new StringBuilder(text.length());
        boolean space = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isSpace(c)) {
                space = true;
            } else if (c != '\u00AD') {
                if (space && !plain.isEmpty()) {
                    plain.append(' ');
                }
                space = false;
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private static boolean isSpace(char c) {
        if (c < 0x80) {
            return c == ' ' || (c >= '\t' && c <= '\r');
        }
        return c == '\u0085' || c == '\u200B' || c == '\uFEFF' || Character.isSpaceChar(c);
    }

    /** Resolves the character references of XML, and the one for a no-break space; others stay. */
    static String resolve(String text) {
        return REFERENCE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(character((Matcher) found)));
    }

    private static String character(Matcher reference) {
        if (reference.group(3) != null) {
            return NAMED.getOrDefault(reference.group(3), reference.group());
        }
        int code = reference.group(1) != null
                ? Integer.parseInt(reference.group(1))
                : Integer.parseInt(reference.group(2), 16);
        boolean surrogate = code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
        return Character.isValidCodePoint(code) && !surrogate ? Character.toString(code) : reference.group();
    }
}
