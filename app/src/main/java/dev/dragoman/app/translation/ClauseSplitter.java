package dev.dragoman.app.translation;

import dev.dragoman.app.errors.ServiceException.LimitExceeded;
import dev.dragoman.inference.faithful.SlottedText;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Cuts a sentence that is longer than the model reads into parts that are not: after a clause where one ends near the middle,
 * otherwise at the white space next to the middle.
 *
 * <p>The parts, put together, are the sentence again: white space at a cut is a part of its own. A word that alone is too long is not
 * cut, since halves of a word mean nothing, and neither is a slot.
 */
final class ClauseSplitter {
    /**
     * A part of a sentence.
     *
     * @param tokens source tokens of a part to be translated; 0 marks white space, which is copied
     */
    record Part(SlottedText text, int tokens) {
        static Part kept(SlottedText text) {
            return new Part(text, 0);
        }
    }

    /** Ends of clauses: followed by white space in most scripts, by anything in those that write without. */
    private static final String CLAUSE_ENDS = ",;:\u2013\u2014)\u060C\u061B";

    private static final String WIDE_CLAUSE_ENDS = "\u3001\uFF0C\uFF1B\uFF1A";

    private final ToIntFunction<SlottedText> counter;
    private final int limit;
    private final String field;

    /**
     * @param counter number of source tokens of a text
     * @param limit most tokens of a part
     * @param field name of the text for the error
     */
    ClauseSplitter(ToIntFunction<SlottedText> counter, int limit, String field) {
        this.counter = counter;
        this.limit = limit;
        this.field = field;
    }

    /**
     * Adds the parts of a sentence, which is one part if it is short enough.
     *
     * @throws LimitExceeded if a single word is too long
     */
    void split(SlottedText sentence, List<Part> parts) {
        int tokens = counter.applyAsInt(sentence);
        if (tokens <= limit) {
            parts.add(new Part(sentence, tokens));
            return;
        }
        String text = sentence.text();
        int cut = cut(text);
        if (cut < 0) {
            throw new LimitExceeded(field, "tokens of one word", limit, tokens);
        }
        int end = endOfWhiteSpace(text, cut);
        split(sentence.slice(0, cut), parts);
        if (end > cut) {
            parts.add(Part.kept(sentence.slice(cut, end)));
        }
        split(sentence.slice(end, text.length()), parts);
    }

    /** Where the first part ends, or -1 if there is no place to cut. */
    private static int cut(String sentence) {
        int middle = sentence.length() / 2;
        int quarter = sentence.length() / 4;
        int nearestWordEnd = -1;
        for (int distance = 0; distance <= middle; distance++) {
            for (int place : new int[] {middle - distance, middle + distance}) {
                if (isClauseEnd(sentence, place) && distance <= quarter) {
                    return place;
                }
                if (nearestWordEnd < 0 && (isWordEnd(sentence, place) || isClauseEnd(sentence, place))) {
                    nearestWordEnd = place;
                }
            }
            if (nearestWordEnd >= 0 && distance >= quarter) {
                break;
            }
        }
        return nearestWordEnd;
    }

    private static boolean isClauseEnd(String sentence, int place) {
        if (place <= 0 || place >= sentence.length()) {
            return false;
        }
        char last = sentence.charAt(place - 1);
        return WIDE_CLAUSE_ENDS.indexOf(last) >= 0 || (CLAUSE_ENDS.indexOf(last) >= 0 && isWordEnd(sentence, place));
    }

    private static boolean isWordEnd(String sentence, int place) {
        return place > 0
                && place < sentence.length()
                && Character.isWhitespace(sentence.charAt(place))
                && !Character.isWhitespace(sentence.charAt(place - 1))
                && endOfWhiteSpace(sentence, place) < sentence.length();
    }

    private static int endOfWhiteSpace(String sentence, int from) {
        int end = from;
        while (end < sentence.length() && Character.isWhitespace(sentence.charAt(end))) {
            end++;
        }
        return end;
    }
}
