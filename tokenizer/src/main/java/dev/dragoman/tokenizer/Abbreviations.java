package dev.dragoman.tokenizer;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The abbreviations of one language whose periods do not end a sentence, read from {@code abbreviations_LANGUAGE.txt} beside this class;
 * that file's head explains its lines.
 *
 * <p>Immutable.
 */
final class Abbreviations {
    private static final String SPACE = "[\\s\\p{Z}]?";
    private static final String BEFORE_NUMBER = " 1";
    private static final String MAY_END = " |";

    private final @Nullable Pattern pattern;

    private Abbreviations(List<String> entries) {
        // The longest first: "u. a. m." is not "u. a." with something behind it.
        this.pattern = entries.isEmpty()
                ? null
                : Pattern.compile(entries.stream()
                        .sorted(Comparator.comparing(String::length).reversed())
                        .map(Abbreviations::expression)
                        .collect(Collectors.joining("|", "(?<![\\p{L}\\p{M}\\p{N}._-])(?:", ")")));
    }

    /** The abbreviations of a language, named by its ISO 639 code; none where there is no list. */
    static Abbreviations of(String language) {
        return new Abbreviations(WordList.read("abbreviations", language));
    }

    /** The indices of the periods in {@code text} that belong to an abbreviation and do not end a sentence. */
    BitSet periodsIn(String text) {
        BitSet periods = new BitSet();
        if (pattern == null) {
            return periods;
        }
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            for (int i = text.indexOf('.', matcher.start());
                    i >= 0 && i < matcher.end();
                    i = text.indexOf('.', i + 1)) {
                periods.set(i);
            }
        }
        return periods;
    }

    private static String expression(String entry) {
        if (entry.endsWith(BEFORE_NUMBER)) {
            return literal(entry.substring(0, entry.length() - BEFORE_NUMBER.length())) + "(?=" + SPACE + "\\p{Nd})";
        }
        if (entry.endsWith(MAY_END)) {
            String abbreviation = entry.substring(0, entry.length() - MAY_END.length());
            return literal(abbreviation.substring(0, abbreviation.length() - 1)) + "(?=\\.)";
        }
        return literal(entry);
    }

    /** Matches the text with any one space, or none, for each space, and with its first letter in either case if it is small. */
    private static String literal(String text) {
        StringBuilder expression = new StringBuilder();
        char first = text.charAt(0);
        expression
                .append('[')
                .append(first)
                .append(Character.toUpperCase(first))
                .append(']');
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            expression.append(c == ' ' ? SPACE : Character.isLetterOrDigit(c) ? Character.toString(c) : "\\" + c);
        }
        return expression.toString();
    }
}
