package dev.dragoman.tokenizer;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Cuts a text of one language into sentences, keeping what stands between them.
 *
 * <p>Boundaries are those of ICU (Unicode Standard Annex 29 with the rules of the language), less those that {@link BreakRules} finds
 * wrong: after abbreviations, initials, ordinals, list numbers and ellipses, and inside URLs and names. Where it is unclear, the text is
 * not cut: two sentences in one are translated well, half a sentence is not. A line break always ends a sentence.
 *
 * <p>White space here is what Unicode calls so, no-break spaces included, and besides the byte order mark and the zero-width space.
 *
 * <p>Sentences are never cut for their length. The time taken grows with the length of the text.
 */
public final class SentenceSegmenter {
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final char ZERO_WIDTH_SPACE = '\u200B';

    private final BreakIterator breaks;
    private final BreakRules rules;

    private SentenceSegmenter(ULocale locale) {
        this.breaks = BreakIterator.getSentenceInstance(locale);
        this.rules = BreakRules.of(locale.getLanguage());
    }

    /**
     * A segmenter for text in this language.
     *
     * @param language a BCP 47 tag such as {@code en} or {@code fr-CA}; one that is unknown gets the rules common to all languages
     */
    public static SentenceSegmenter of(String language) {
        return new SentenceSegmenter(ULocale.forLanguageTag(Objects.requireNonNull(language, "language")));
    }

    /** The sentences of {@code text} and the white space around them; no sentence for an empty or blank text. */
    public SegmentedText segment(String text) {
        Builder builder = new Builder(text);
        // The shared one is never moved: an iterator keeps its text and place.
        BreakIterator iterator = breaks.clone();
        for (int start = 0; start < text.length(); ) {
            int end = endOfLine(text, start);
            addLine(text.substring(start, end), start, iterator, builder);
            start = end;
            while (start < text.length() && isLineBreak(text.charAt(start))) {
                start++;
            }
        }
        return builder.build();
    }

    private void addLine(String line, int offset, BreakIterator iterator, Builder builder) {
        BreakRules.Line rulesOverLine = rules.over(line);
        iterator.setText(line);
        int start = 0;
        while (start < line.length() && isWhiteSpace(line.charAt(start))) {
            start++;
        }
        iterator.first();
        for (int end = iterator.next(); end < line.length() && end != BreakIterator.DONE; end = iterator.next()) {
            // A corrected boundary may lie behind the next proposed one.
            int next = end > start ? rulesOverLine.breakAt(start, end) : BreakRules.NONE;
            if (next != BreakRules.NONE) {
                builder.add(offset + start, offset + next);
                start = next;
            }
        }
        builder.add(offset + start, offset + line.length());
    }

    private static int endOfLine(String text, int start) {
        int end = start;
        while (end < text.length() && !isLineBreak(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isLineBreak(char c) {
        return (c >= '\n' && c <= '\r') || c == '\u0085' || c == '\u2028' || c == '\u2029';
    }

    /** Whether {@code c} belongs between sentences; every such character is in the Basic Multilingual Plane. */
    static boolean isWhiteSpace(char c) {
        return UCharacter.isUWhiteSpace(c) || c == BYTE_ORDER_MARK || c == ZERO_WIDTH_SPACE;
    }

    /** Collects sentences from left to right; what they leave out is the white space. */
    private static final class Builder {
        private final String text;
        private final List<String> sentences = new ArrayList<>();
        private final List<String> whiteSpace = new ArrayList<>();
        private int done;

        Builder(String text) {
            this.text = text;
        }

        /** Adds the sentence between two places, without the white space at its ends; nothing if that is all there is. */
        void add(int from, int to) {
            int start = from;
            int end = to;
            while (start < end && isWhiteSpace(text.charAt(start))) {
                start++;
            }
            while (end > start && isWhiteSpace(text.charAt(end - 1))) {
                end--;
            }
            if (start < end) {
                whiteSpace.add(text.substring(done, start));
                sentences.add(text.substring(start, end));
                done = end;
            }
        }

        SegmentedText build() {
            whiteSpace.add(text.substring(done));
            return new SegmentedText(sentences, whiteSpace);
        }
    }
}
