package dev.dragoman.training.evaluation;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The words that BLEU counts, as {@code mteval-v13a.pl} of the WMT evaluations cuts them: punctuation stands alone, but a period
 * or comma between digits does not. It knows ASCII only, so guillemets stay at their words and Chinese is one word.
 */
final class Tokenizer13a {
    private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
    private static final Pattern PERIOD_AFTER_OTHER = Pattern.compile("([^0-9])([.,])");
    private static final Pattern PERIOD_BEFORE_OTHER = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

    private Tokenizer13a() {}

    static List<String> tokenize(String segment) {
        String line = Whitespace.stripTrailing(segment)
                .replace("<skipped>", "")
                .replace("-\n", "")
                .replace("\n", " ")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
        line = SYMBOL.matcher(" " + line + " ").replaceAll(" $1 ");
        line = PERIOD_AFTER_OTHER.matcher(line).replaceAll("$1 $2 ");
        line = PERIOD_BEFORE_OTHER.matcher(line).replaceAll(" $1 $2");
        line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
        return Whitespace.split(line);
    }
}
