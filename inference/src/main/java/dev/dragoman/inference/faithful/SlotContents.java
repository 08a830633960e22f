package dev.dragoman.inference.faithful;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the contents of a sentence's slots in text.
 *
 * <p>{@code 5} is not in {@code 15}, {@code 1.5} or {@code 5th}: where a content begins or ends with a letter or a digit, none stands before or
 * behind it, nor a digit behind a separator. Of contents within one another the longest counts.
 */
final class SlotContents {
    private final List<String> longestFirst;

    SlotContents(SlottedText sentence) {
        longestFirst = sentence.slots().stream()
                .filter(slot -> slot.kind() == Slot.Kind.WORD || slot.kind() == Slot.Kind.POSITIONAL)
                .map(Slot::content)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** The content that stands at a place, or null. */
    @Nullable
    String at(String text, int place) {
        for (String content : longestFirst) {
            if (text.startsWith(content, place) && isWhole(text, place, place + content.length())) {
                return content;
            }
        }
        return null;
    }

    /** How often each is in a text, those that are not left out. */
    Map<String, Integer> count(String text) {
        Map<String, Integer> counts = new HashMap<>();
        int place = 0;
        while (place < text.length()) {
            String content = at(text, place);
            if (content != null) {
                counts.merge(content, 1, Integer::sum);
            }
            place += content == null ? 1 : content.length();
        }
        return counts;
    }

    private static boolean isWhole(String text, int start, int end) {
        return isFree(text, start - 1, text.charAt(start), -1) && isFreeBehind(text, start, end);
    }

    /** A format such as {@code %s} ends with its letter, whatever follows. */
    private static boolean isFreeBehind(String text, int start, int end) {
        char last = text.charAt(end - 1);
        boolean isFormat = text.charAt(start) == '%' && !Character.isDigit(last);
        return isFormat || isFree(text, end, last, 1);
    }

    /** Whether the character beside a content does not continue it. */
    private static boolean isFree(String text, int beside, char edge, int step) {
        if (beside < 0 || beside >= text.length() || !Character.isLetterOrDigit(edge)) {
            return true;
        }
        char neighbour = text.charAt(beside);
        if (Character.isLetterOrDigit(neighbour)) {
            // What is written without spaces, as Chinese is, may stand beside anything.
            return Character.isIdeographic(neighbour);
        }
        int beyond = beside + step;
        boolean isSeparator = ".,:/'\u2019".indexOf(neighbour) >= 0;
        return !(isSeparator
                && Character.isDigit(edge)
                && beyond >= 0
                && beyond < text.length()
                && Character.isDigit(text.charAt(beyond)));
    }
}
