package dev.dragoman.tokenizer;

import com.ibm.icu.lang.UCharacter;
import java.util.BitSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which of the sentence boundaries that ICU proposes are real, in one language.
 *
 * <p>ICU already keeps together decimals, and a period with the lower-case text after it. It does not know abbreviations, initials,
 * ordinals and list numbers; it cuts after an ellipsis, inside a URL such as {@code /?Page}, and after a question mark that ends a
 * quotation but not the sentence. Each rule looks at the mark that seems to end the sentence, at what stands before it, or at what
 * follows.
 *
 * <p>Immutable; a {@link Line} belongs to one thread.
 */
final class BreakRules {
    /** No sentence boundary here. */
    static final int NONE = -1;

    /** Longer than any list number, ordinal or listed word; keeps the time that a rule takes independent of the length of the text. */
    private static final int LONGEST_WORD = 24;

    /** The first code point of the scripts whose sentences may follow each other without white space, such as Chinese. */
    private static final int FIRST_SCRIPT_WITHOUT_SPACE = 0x0590;

    /** The number of a list item: "1", "(2.3", "a", "iv". No years: they end sentences. */
    private static final Pattern LIST_NUMBER =
            Pattern.compile("[(\\[#§]?(?:\\p{Nd}{1,3}(?:\\.\\p{Nd}{1,3}){0,5}|\\p{L}|[ivxlc]{1,6}|[IVXLC]{1,6})");

    /** A number that may be an ordinal: "3", "21", "XIV". Days, centuries and editions stay below 100. */
    private static final Pattern ORDINAL = Pattern.compile("\\p{Nd}{1,2}|[IVX]{2,6}");

    /** Languages that write an ordinal as a number with a period. */
    private static final Set<String> ORDINALS_WITH_PERIOD = Set.of(
            "cs", "da", "de", "et", "fi", "hr", "hu", "is", "lv", "nb", "nn", "no", "pl", "sk", "sl", "sr", "tr");

    private final Abbreviations abbreviations;
    private final Set<String> starters;
    private final boolean ordinals;
    private final boolean spacedQuotes;
    private final boolean pronounI;

    private BreakRules(String language) {
        this.abbreviations = Abbreviations.of(language);
        this.starters = Set.copyOf(WordList.read("starters", language));
        this.ordinals = ORDINALS_WITH_PERIOD.contains(language);
        // French sets « » off with spaces; in German a » after a space opens a quotation.
        this.spacedQuotes = language.equals("fr");
        this.pronounI = language.equals("en");
    }

    /** The rules of a language, named by its ISO 639 code; those common to all languages where nothing is known of it. */
    static BreakRules of(String language) {
        return new BreakRules(language);
    }

    /** The rules at work on one line of text. */
    Line over(String line) {
        return new Line(line);
    }

    /** One line of text, with what had to be found out about it. */
    final class Line {
        private final String text;
        private @Nullable BitSet abbreviationPeriods;

        private Line(String text) {
            this.text = text;
        }

        /**
         * Judges a proposed boundary.
         *
         * @param start where the sentence starts, behind white space
         * @param proposed where ICU starts the next one
         * @return where the next one starts, possibly a little further on, or {@link #NONE}
         */
        int breakAt(int start, int proposed) {
            int next = afterClosingMarks(proposed);
            if (next == NONE || next >= text.length() || continues(next)) {
                return NONE;
            }
            int mark = endMark(start, proposed);
            if (mark == NONE) {
                return next;
            }
            if (!spaceBefore(next) && text.charAt(mark) < FIRST_SCRIPT_WITHOUT_SPACE) {
                return NONE;
            }
            return text.charAt(mark) == '.' && isPartOfWord(start, mark, next) ? NONE : next;
        }

        /** Moves a boundary behind the brackets and quotation marks that close the sentence before it. */
        private int afterClosingMarks(int proposed) {
            int next = proposed;
            while (next < text.length() && isClosing(text.charAt(next))) {
                next++;
            }
            if (next == proposed) {
                return next;
            }
            int afterSpace = next;
            while (afterSpace < text.length() && SentenceSegmenter.isWhiteSpace(text.charAt(afterSpace))) {
                afterSpace++;
            }
            return afterSpace == next ? NONE : afterSpace;
        }

        private boolean isClosing(char c) {
            return Character.getType(c) == Character.END_PUNCTUATION || (spacedQuotes && c == '»');
        }

        /** Whether what follows goes on in lower case, as in: "Really?" he asked. */
        private boolean continues(int next) {
            int i = next;
            while (i < text.length() && isOpeningOrDash(text.charAt(i))) {
                i++;
            }
            return i < text.length() && UCharacter.isULowercase(text.codePointAt(i));
        }

        private boolean isOpeningOrDash(char c) {
            return switch (Character.getType(c)) {
                case Character.START_PUNCTUATION,
                        Character.INITIAL_QUOTE_PUNCTUATION,
                        Character.FINAL_QUOTE_PUNCTUATION,
                        Character.DASH_PUNCTUATION -> true;
                default -> c == '"' || c == '\'' || SentenceSegmenter.isWhiteSpace(c);
            };
        }

        /** Where the period, question or exclamation mark is that made ICU propose the boundary. */
        private int endMark(int start, int proposed) {
            int i = proposed - 1;
            while (i >= start && SentenceSegmenter.isWhiteSpace(text.charAt(i))) {
                i--;
            }
            while (i >= start && isBracketOrQuote(text.charAt(i))) {
                i--;
            }
            return i >= start ? i : NONE;
        }

        private boolean isBracketOrQuote(char c) {
            return switch (Character.getType(c)) {
                case Character.START_PUNCTUATION,
                        Character.END_PUNCTUATION,
                        Character.INITIAL_QUOTE_PUNCTUATION,
                        Character.FINAL_QUOTE_PUNCTUATION -> true;
                default -> c == '"' || c == '\'';
            };
        }

        private boolean spaceBefore(int next) {
            return SentenceSegmenter.isWhiteSpace(text.charAt(next - 1));
        }

        /** Whether the period belongs to the word before it and does not end the sentence. */
        private boolean isPartOfWord(int start, int period, int next) {
            if (isEllipsis(start, period) || abbreviationPeriods().get(period) || isListNumber(start, period)) {
                return true;
            }
            boolean perhaps = isInitial(start, period) || (ordinals && isOrdinal(start, period));
            return perhaps && !startsSentence(next);
        }

        /** Whether the next word is one that no name and no noun starts with, as in "written in C. The code". */
        private boolean startsSentence(int next) {
            int end = next;
            while (end < text.length() && end - next <= LONGEST_WORD && Character.isLetter(text.charAt(end))) {
                end++;
            }
            String word = text.substring(next, end);
            char after = end < text.length() ? text.charAt(end) : ' ';
            if (after == '\'' || after == '’') {
                return starters.contains(word) || starters.contains(word + "’");
            }
            return after != '.' && starters.contains(word);
        }

        /** "...", "….", ". . .". A thought that trails off may go on after it. */
        private boolean isEllipsis(int start, int period) {
            int i = period - 1;
            if (i > start && SentenceSegmenter.isWhiteSpace(text.charAt(i))) {
                i--;
            }
            return i >= start && (text.charAt(i) == '.' || text.charAt(i) == '…');
        }

        private boolean isListNumber(int start, int period) {
            return period - start <= LONGEST_WORD
                    && LIST_NUMBER.matcher(text).region(start, period).matches();
        }

        /** A single capital: "J. R. R. Tolkien", "J.-P. Sartre", "the U.S. Army"; but no unit ("5 V.") and no English "I". */
        private boolean isInitial(int start, int period) {
            if (!isSingleCapital(start, period)) {
                return false;
            }
            int letter = text.offsetByCodePoints(period, -1);
            if (isUnit(start, letter)) {
                return false;
            }
            return !(pronounI && text.charAt(letter) == 'I' && !besideInitial(start, letter, period));
        }

        private boolean isSingleCapital(int start, int period) {
            if (period <= start || !UCharacter.isUUppercase(text.codePointBefore(period))) {
                return false;
            }
            int letter = text.offsetByCodePoints(period, -1);
            if (letter <= start) {
                return true;
            }
            char before = text.charAt(letter - 1);
            if (before == '-') {
                return letter - 2 >= start && text.charAt(letter - 2) == '.';
            }
            return before == '.' || before == '’' || SentenceSegmenter.isWhiteSpace(before) || isBracketOrQuote(before);
        }

        private boolean isUnit(int start, int letter) {
            int i = letter - 1;
            if (i >= start && (text.charAt(i) == '°' || text.charAt(i) == 'º')) {
                i--;
            }
            if (i >= start && SentenceSegmenter.isWhiteSpace(text.charAt(i))) {
                i--;
            }
            return i >= start && Character.isDigit(text.charAt(i));
        }

        /** Whether another single capital with a period stands directly before or after. */
        private boolean besideInitial(int start, int letter, int period) {
            int before = letter - 1;
            while (before > start && SentenceSegmenter.isWhiteSpace(text.charAt(before))) {
                before--;
            }
            if (before > start && text.charAt(before) == '.' && isSingleCapital(start, before)) {
                return true;
            }
            int after = period + 1;
            while (after < text.length() && SentenceSegmenter.isWhiteSpace(text.charAt(after))) {
                after++;
            }
            return after + 1 < text.length()
                    && UCharacter.isUUppercase(text.charAt(after))
                    && text.charAt(after + 1) == '.';
        }

        private boolean isOrdinal(int start, int period) {
            int from = period;
            while (from > start && period - from <= LONGEST_WORD && Character.isLetterOrDigit(text.charAt(from - 1))) {
                from--;
            }
            boolean word = from <= start || ".,".indexOf(text.charAt(from - 1)) < 0;
            return word && ORDINAL.matcher(text).region(from, period).matches();
        }

        private BitSet abbreviationPeriods() {
            if (abbreviationPeriods == null) {
                abbreviationPeriods = abbreviations.periodsIn(text);
            }
            return abbreviationPeriods;
        }
    }
}
