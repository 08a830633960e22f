package dev.dragoman.inference.faithful;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a program puts values in place of: the forms of printf, Qt, Python and Ruby ({@code %s}, {@code %1$d}, {@code %L1},
 * {@code %(name)s}, <code>%{name}</code>), of Windows ({@code %NAME%}), of Java, .NET, ICU and Fluent (<code>{0}</code>,
 * <code>{n, plural, ...}</code>, <code>{ $name }</code>), of mustache and its kin (<code>{{name}}</code>), of shells and Perl
 * ({@code $NAME}, <code>${NAME:-x}</code>, {@code $(command)}), of Ruby and CoffeeScript (<code>#{name}</code>), and numbered tags
 * ({@code <0>}, {@code </0>}); besides code between back quotes.
 *
 * <p>{@code 100% of} has none: a percent sign behind a digit, or one before a space, is a percent sign. Braces around a sentence are
 * braces.
 */
final class Placeholders implements SpanRule {
    private static final int LONGEST = 2000;

    private static final Pattern PERCENT = Pattern.compile("%(?:"
            + "%|@|n(?![a-z])"
            + "|\\(\\w{1,64}\\)[-+#0]*\\d*(?:\\.\\d+)?[a-zA-Z]"
            + "|\\{[\\w.$-]{1,64}\\}|<[\\w.]{1,64}>[-+#0]*\\d*(?:\\.\\d+)?[a-zA-Z]"
            + "|[A-Za-z_]\\w{1,63}%|L\\d{1,2}"
            + "|(?:\\d{1,2}\\$)?[-+#0']*(?:\\*|\\d{1,4})?(?:\\.(?:\\*|\\d{1,4}))?(?:hh|ll|[hlLzjtqI])?[a-zA-Z@](?![a-zA-Z]{3})"
            + "|\\d{1,2}"
            + "|[A-Za-z_]\\w{3,63})");

    /** Of printf, without a number: the first takes the first argument. */
    private static final Pattern POSITIONAL = Pattern.compile(
            "%[-+#0']*(?:\\*|\\d+)?(?:\\.(?:\\*|\\d+))?(?:hh|ll|[hlLzjtqI])?[a-zA-Z@]|\\{(?::[^{}]*)?\\}");

    private static final Pattern DOLLAR = Pattern.compile("\\$(?:[A-Za-z_]\\w{0,63}(?:(?:->|::|\\.)[A-Za-z_]\\w{0,63})*"
            + "|\\d{1,2}(?![\\d.,])|[@*#?$!](?=[\\s\"')]|$)|\\([^()\\n]{1,200}\\))");

    /** A name, an index or nothing, then perhaps a type and a style. */
    private static final Pattern FIELD = Pattern.compile(
            "\\{\\s{0,3}(?:[$-]?[\\w.\\[\\]-]{0,64}\\s{0,3}(?::[^{}\\n]{0,64}|![rsa](?::[^{}\\n]{0,64})?)?)\\}");

    private static final Pattern TYPED_FIELD =
            Pattern.compile("\\{\\s*[$]?[\\w.-]{1,64}\\s*,\\s*[a-zA-Z]{1,20}\\s*[,}]");
    private static final Pattern NUMBERED_TAG = Pattern.compile("</?\\d{1,4}\\s{0,2}/?>");
    private static final Pattern CODE = Pattern.compile("(`{1,3})(?!`)[^\\n]{1,500}?(?<!`)\\1(?!`)");

    private static final List<String> TEMPLATES = List.of("{{{", "{{", "{%", "{#");
    private static final List<String> TEMPLATE_ENDS = List.of("}}}", "}}", "%}", "#}");

    @Override
    public int end(String text, int at) {
        return switch (text.charAt(at)) {
            case '%' -> isPercentSign(text, at) ? at : match(PERCENT, text, at);
            case '$' -> startsWith(text, at + 1, '{') ? endOfBraces(text, at + 1, at) : match(DOLLAR, text, at);
            case '#' -> startsWith(text, at + 1, '{') ? endOfBraces(text, at + 1, at) : at;
            case '{' -> endOfField(text, at);
            case '<' -> match(NUMBERED_TAG, text, at);
            case '`' -> match(CODE, text, at);
            default -> at;
        };
    }

    @Override
    public boolean isPositional(String span) {
        return POSITIONAL.matcher(span).matches();
    }

    /** Behind a digit only what can be nothing else is a placeholder. */
    private static boolean isPercentSign(String text, int at) {
        if (at == 0 || !Character.isDigit(text.charAt(at - 1))) {
            return false;
        }
        boolean isFormat = at + 1 < text.length() && "sd".indexOf(text.charAt(at + 1)) >= 0;
        return !isFormat || (at + 2 < text.length() && Character.isLetter(text.charAt(at + 2)));
    }

    private static boolean startsWith(String text, int at, char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private static int match(Pattern pattern, String text, int at) {
        Matcher matcher = pattern.matcher(text).useTransparentBounds(true);
        matcher.region(at, Math.min(text.length(), at + LONGEST));
        return matcher.lookingAt() ? matcher.end() : at;
    }

    private static int endOfField(String text, int at) {
        for (int i = 0; i < TEMPLATES.size(); i++) {
            if (text.startsWith(TEMPLATES.get(i), at)) {
                String near = text.substring(at, Math.min(text.length(), at + LONGEST));
                int end = near.indexOf(TEMPLATE_ENDS.get(i), TEMPLATES.get(i).length());
                return end < 0 ? at : at + end + TEMPLATE_ENDS.get(i).length();
            }
        }
        int end = match(FIELD, text, at);
        return end > at || match(TYPED_FIELD, text, at) == at ? end : endOfBraces(text, at, at);
    }

    /** Behind the brace that closes the one at {@code open}; {@code none} if there is none near. */
    private static int endOfBraces(String text, int open, int none) {
        int depth = 0;
        int limit = Math.min(text.length(), open + LONGEST);
        for (int i = open; i < limit; i++) {
            char c = text.charAt(i);
            if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i + 1;
            }
        }
        return none;
    }
}
