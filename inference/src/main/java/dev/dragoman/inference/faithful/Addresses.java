package dev.dragoman.inference.faithful;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * URLs, host names under well-known domains, and e-mail addresses.
 *
 * <p>Punctuation at the end of a URL belongs to the sentence, and so does a bracket that the URL has not opened.
 */
final class Addresses implements SpanRule {
    private static final int LONGEST = 2000;

    /** Of what stands before the first {@code :}, {@code @} or full stop. */
    private static final int LONGEST_BEGINNING = 64;

    private static final String NO_URL =
            "[^\\s<>\"\u00AB\u00BB\u201C\u201D\u2018\u2019`^\\\\" + SlottedText.OBJECT + "]";

    private static final Pattern URL = Pattern.compile(
            "(?i:[a-z][a-z0-9+.-]{1,30}://|www\\.|(?:mailto|tel|urn|doi|data|news):)(?=[\\p{L}\\p{N}\\[/%{$~])" + NO_URL
                    + "+");

    private static final Pattern EMAIL = Pattern.compile(
            "[\\p{L}\\p{N}._+-]{1,64}@[\\p{L}\\p{N}][\\p{L}\\p{N}-]{0,62}(?:\\.[\\p{L}\\p{N}][\\p{L}\\p{N}-]{0,62}){1,8}");

    /** Endings that are no words, so that a forgotten space behind a full stop makes no address. */
    private static final Pattern HOST = Pattern.compile("(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.){1,8}"
            + "(?:com|org|net|edu|gov|mil|io|dev|info|biz|eu|uk|de|fr|nl|ch|jp|cn|ru|pl)(?::\\d{1,5})?(?![\\w-])"
            + "(?:[/?#]" + NO_URL + "*)?");

    @Override
    public int end(String text, int at) {
        if (at > 0 && (Character.isLetterOrDigit(text.charAt(at - 1)) || "@_".indexOf(text.charAt(at - 1)) >= 0)) {
            return at;
        }
        char first = text.charAt(at);
        if (!Character.isLetterOrDigit(first) || !mayBegin(text, at)) {
            return at;
        }
        int end = match(URL, text, at);
        if (end == at) {
            end = match(EMAIL, text, at);
        }
        return trimmed(text, at, end > at ? end : match(HOST, text, at));
    }

    /** Whether what follows without white space has what no address is without: most words are told from one by this look. */
    private static boolean mayBegin(String text, int at) {
        int end = Math.min(text.length() - 1, at + LONGEST_BEGINNING + 1);
        for (int i = at + 1; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                return false;
            }
            if (c == '@' || c == ':' || (c == '.' && !Character.isWhitespace(text.charAt(i + 1)))) {
                return true;
            }
        }
        return false;
    }

    private static int match(Pattern pattern, String text, int at) {
        Matcher matcher = pattern.matcher(text).useTransparentBounds(true);
        matcher.region(at, Math.min(text.length(), at + LONGEST));
        return matcher.lookingAt() ? matcher.end() : at;
    }

    private static int trimmed(String text, int at, int found) {
        int end = found;
        while (end > at) {
            char last = text.charAt(end - 1);
            boolean isStray = ".,;:!?'*_~-".indexOf(last) >= 0
                    || (last == ')' && isUnopened(text, at, end, '(', ')'))
                    || (last == ']' && isUnopened(text, at, end, '[', ']'))
                    || (last == '}' && isUnopened(text, at, end, '{', '}'));
            if (!isStray) {
                break;
            }
            end--;
        }
        return end;
    }

    private static boolean isUnopened(String text, int at, int end, char open, char close) {
        int depth = 0;
        for (int i = at; i < end; i++) {
            char c = text.charAt(i);
            depth += c == open ? 1 : c == close ? -1 : 0;
        }
        return depth < 0;
    }
}
