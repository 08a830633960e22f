package dev.dragoman.inference.phrase;

import dev.dragoman.inference.phrase.WordBoundary.Kind;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Terms of a source language, and how each is to be translated.
 *
 * <p>A term is found where it stands in a sentence as whole words, case included, see {@link dev.dragoman.inference.TranslationConstraints}. Where terms
 * overlap, the first counts, and of those that begin at one place the longest, so that {@code web server} and {@code server} may stand beside each other.
 *
 * @param terms of one source the first counts
 */
public record Glossary(List<Term> terms) {
    /** Without terms. */
    public static final Glossary EMPTY = new Glossary(List.of());

    private static final Pattern SPACES = Pattern.compile("\\s+");

    /**
     * A term, neither side of which is blank.
     *
     * @param source as it stands in a sentence
     * @param target as it has to stand in its translation
     */
    public record Term(String source, String target) {
        public Term {
            source = normalised(source).strip();
            if (source.isBlank() || target.isBlank()) {
                throw new IllegalArgumentException("neither side of a term may be blank");
            }
        }
    }

    public Glossary {
        terms = List.copyOf(terms);
    }

    /** The targets of the terms of a sentence, in the order in which they stand in it, each as often as its term. */
    public List<String> targets(String sentence) {
        if (terms.isEmpty()) {
            return List.of();
        }
        String text = normalised(sentence);
        List<String> targets = new ArrayList<>();
        Kind before = Kind.SPACE;
        for (int at = 0; at < text.length(); ) {
            Term found = WordBoundary.isBetween(before, text.codePointAt(at)) ? longestAt(text, at) : null;
            int next = at + Character.charCount(text.codePointAt(at));
            if (found != null) {
                targets.add(found.target());
                next = at + found.source().length();
            }
            before = WordBoundary.kind(text.codePointBefore(next));
            at = next;
        }
        return targets;
    }

    private @Nullable Term longestAt(String text, int at) {
        Term longest = null;
        for (Term term : terms) {
            int end = at + term.source().length();
            if (text.startsWith(term.source(), at)
                    && (end == text.length()
                            || WordBoundary.isBetween(
                                    WordBoundary.kind(text.codePointBefore(end)), text.codePointAt(end)))
                    && (longest == null
                            || term.source().length() > longest.source().length())) {
                longest = term;
            }
        }
        return longest;
    }

    private static String normalised(String text) {
        return SPACES.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC)).replaceAll(" ");
    }
}
