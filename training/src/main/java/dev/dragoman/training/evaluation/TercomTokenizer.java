package dev.dragoman.training.evaluation;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The words of Tercom, which TER counts.
 *
 * <p>Of sacreBLEU's rules for Asian text those for runs of kana are left out: they ask for kana at the very begin of a line that has
 * been given a space there, so they never apply.
 */
final class TercomTokenizer implements WordTokenizer {
    private static final Pattern ASIAN_CHARACTER = Pattern.compile("([\\x{4E00}-\\x{9FFF}\\x{3400}-\\x{4DBF}"
            + "\\x{31C0}-\\x{31EF}\\x{2E80}-\\x{2EFF}\\x{3300}-\\x{33FF}\\x{F900}-\\x{FAFF}\\x{FE30}-\\x{FE4F}"
            // Far beyond the enclosed letters, which end at U+32FF; but so it is.
            + "\\x{3200}-\\x{3F22}])");
    private static final Pattern ASIAN_PUNCTUATION = Pattern.compile("([\\x{3001}\\x{3002}\\x{3008}-\\x{3011}"
            + "\\x{3014}-\\x{301F}\\x{FF61}-\\x{FF65}\\x{30FB}"
            // Of full width.
            + "\\x{FF0E}\\x{FF0C}\\x{FF1F}\\x{FF1A}\\x{FF1B}\\x{FF01}\\x{FF02}\\x{FF08}\\x{FF09}])");
    private static final Pattern PUNCTUATION = Pattern.compile("[.,?:;!\"()]");

    private final boolean normalized;
    private final boolean noPunctuation;
    private final boolean asianSupport;
    private final boolean caseSensitive;

    TercomTokenizer(boolean normalized, boolean noPunctuation, boolean asianSupport, boolean caseSensitive) {
        this.normalized = normalized;
        this.noPunctuation = noPunctuation;
        this.asianSupport = asianSupport;
        this.caseSensitive = caseSensitive;
    }

    @Override
    public String name() {
        return "tercom";
    }

    @Override
    public List<String> tokenize(String segment) {
        String line = caseSensitive ? segment : LowerCase.of(segment);
        if (normalized) {
            line = normalize(line);
        }
        if (noPunctuation) {
            line = PUNCTUATION.matcher(line).replaceAll("");
            line = asianSupport ? ASIAN_PUNCTUATION.matcher(line).replaceAll("") : line;
        }
        return Whitespace.split(line);
    }

    private String normalize(String text) {
        String line = AsciiPunctuation.unescape(text.replace("\n-", "").replace("\n", " "));
        line = AsciiPunctuation.separateSymbols(" " + line + " ").replace("'s ", " 's ");
        line = AsciiPunctuation.separatePeriods(line);
        if (asianSupport) {
            line = ASIAN_CHARACTER.matcher(line).replaceAll(" $1 ");
            line = ASIAN_PUNCTUATION.matcher(line).replaceAll(" $1 ");
        }
        return line;
    }
}
