package dev.dragoman.training.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Words at which a period stays, in the form of Moses's files {@code nonbreaking_prefix.*}.
 *
 * @param always those that never end a sentence
 * @param beforeNumbers those that do not before a number, such as {@code No}
 */
public record Abbreviations(Set<String> always, Set<String> beforeNumbers) {
    /** None known. */
    public static final Abbreviations NONE = new Abbreviations(Set.of(), Set.of());

    /** Reads the lines of a file: a word each, {@code #} begins a comment, {@code #NUMERIC_ONLY#} behind a word says what it says. */
    public static Abbreviations parse(List<String> lines) {
        Set<String> always = new HashSet<>();
        Set<String> beforeNumbers = new HashSet<>();
        for (String line : lines) {
            List<String> fields = Whitespace.split(line);
            if (fields.isEmpty() || fields.get(0).startsWith("#")) {
                continue;
            }
            boolean numeric = fields.size() > 1 && fields.get(1).equals("#NUMERIC_ONLY#");
            (numeric ? beforeNumbers : always).add(fields.get(0));
        }
        return new Abbreviations(always, beforeNumbers);
    }

    /** What a signature adds, since the words depend on the list. */
    String suffix() {
        int size = always.size() + beforeNumbers.size();
        return size == 0 ? "" : "-" + size + "-abbreviations";
    }
}
