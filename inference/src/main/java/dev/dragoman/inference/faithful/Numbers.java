package dev.dragoman.inference.faithful;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers with their sign, separators, exponent and what is written together with them: {@code 1,000.5}, {@code 10 000},
 * {@code 2024-01-31T12:00}, {@code 1.2.3-rc1}, {@code 0xff}, {@code 5GB}, {@code 16}.
 *
 * <p>Left to the model are ordinals and decades ({@code 1st}, {@code 1980s}), which are words in some languages, and digits inside a name
 * ({@code IPv4}).
 */
final class Numbers implements SpanRule {
    private static final int LONGEST = 200;

    private static final Pattern NUMBER = Pattern.compile("(?:[+\\-\u2212\u00B1](?=\\p{Nd}))?(?:"
            + "0[xX][0-9a-fA-F]{1,64}"
            + "|v\\p{Nd}{1,9}(?:\\.\\p{Nd}{1,9})+"
            + "|\\p{Nd}{1,3}(?:[ \u00A0\u202F\u2009]\\p{Nd}{3})+(?!\\p{Nd})(?:[.,]\\p{Nd}+)?"
            + "|\\p{Nd}+(?:[.,:/'\u2019\\-\u2013]\\p{Nd}+)*)"
            + "(?:[eE][+-]?\\p{Nd}{1,4}(?![\\p{L}\\p{N}]))?"
            + "(?:T\\p{Nd}{2}:\\p{Nd}{2}(?::\\p{Nd}{2}(?:\\.\\p{Nd}+)?)?(?:Z|[+-]\\p{Nd}{2}:?\\p{Nd}{2})?)?"
            + "(?:[-~+](?:rc|alpha|beta|pre|dev|SNAPSHOT|RELEASE|FINAL|ubuntu|deb)[.-]?\\p{Nd}*)?");

    private static final Pattern GLUED = Pattern.compile("[\\p{L}\\p{N}_]{1,64}");
    private static final Pattern WORD_OF_A_NUMBER = Pattern.compile("st|nd|rd|th|s|er|re|e|te|ten|ter|tes");

    @Override
    public int end(String text, int at) {
        char first = text.charAt(at);
        boolean isSign = "+-\u2212\u00B1".indexOf(first) >= 0;
        if (!Character.isDigit(first)
                && !isSign
                && !(first == 'v' && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1)))) {
            return at;
        }
        if (at > 0 && !mayPrecede(text, at, isSign)) {
            return at;
        }
        Matcher matcher = NUMBER.matcher(text).useTransparentBounds(true);
        matcher.region(at, Math.min(text.length(), at + LONGEST));
        return matcher.lookingAt() ? withGlued(text, at, matcher.end()) : at;
    }

    private static boolean mayPrecede(String text, int at, boolean isSign) {
        char before = text.charAt(at - 1);
        if (isSign) {
            return Character.isWhitespace(before)
                    || Character.isSpaceChar(before)
                    || "([{=<>\"'\u00AB\u201C".indexOf(before) >= 0;
        }
        boolean isPoint = before == '.' && at > 1 && Character.isLetterOrDigit(text.charAt(at - 2));
        return !Character.isLetterOrDigit(before) && before != '_' && !isPoint;
    }

    private static int withGlued(String text, int at, int end) {
        Matcher glued = GLUED.matcher(text).region(end, text.length());
        if (!glued.lookingAt()) {
            return end;
        }
        return WORD_OF_A_NUMBER.matcher(glued.group()).matches() ? at : glued.end();
    }
}
