package dev.dragoman.inference.faithful;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds what a translation has to leave as it is.
 *
 * <p>In two steps, since what ends a sentence depends on it and it on what ends a sentence: {@link #ofText} finds what may hold full stops
 * and line breaks, before a text is cut into sentences; {@link #ofSentence} finds numbers, which may end a sentence or number a
 * list. Text without any costs one look at each character.
 */
public final class ProtectedSpans {
    private static final List<SpanRule> OF_TEXT = List.of(new Placeholders(), new Addresses(), new Symbols());
    private static final List<SpanRule> OF_SENTENCE = List.of(new Numbers());

    private ProtectedSpans() {}

    /** The text with placeholders, addresses and symbols as slots; every object in it becomes a slot. */
    public static SlottedText ofText(String text) {
        return find(text, List.of(), OF_TEXT);
    }

    /** The same of a text that has slots already. */
    public static SlottedText ofText(SlottedText text) {
        return find(text.text(), text.slots(), OF_TEXT);
    }

    /** The sentence with its numbers as slots too. */
    public static SlottedText ofSentence(SlottedText sentence) {
        return find(sentence.text(), sentence.slots(), OF_SENTENCE);
    }

    /** As both of the other two, for a text that is one sentence. */
    public static SlottedText ofSentence(String sentence) {
        return ofSentence(ofText(sentence));
    }

    private static SlottedText find(String text, List<Slot> known, List<SpanRule> rules) {
        StringBuilder slotted = new StringBuilder(text.length());
        List<Slot> slots = new ArrayList<>();
        int next = 0;
        int kept = 0;
        int at = 0;
        int wordEnd = 0;
        while (at < text.length()) {
            if (next < known.size() && text.charAt(at) == SlottedText.OBJECT) {
                slots.add(known.get(next++));
                at++;
                continue;
            }
            if (at >= wordEnd) {
                wordEnd = endOfWord(text, at);
                if (wordEnd > at && (wordEnd == text.length() || text.charAt(wordEnd) == ' ')) {
                    // Letters alone are nothing that a rule would look for.
                    at = wordEnd;
                    continue;
                }
            }
            int end = at;
            for (SpanRule rule : rules) {
                end = rule.end(text, at);
                if (end > at) {
                    String span = text.substring(at, end);
                    slots.add(new Slot(span, rule.isPositional(span) ? Slot.Kind.POSITIONAL : Slot.Kind.WORD));
                    break;
                }
            }
            if (end == at) {
                at++;
                continue;
            }
            slotted.append(text, kept, at).append(SlottedText.OBJECT);
            kept = end;
            at = end;
        }
        return slots.isEmpty()
                ? SlottedText.plain(text)
                : new SlottedText(slotted.append(text, kept, text.length()).toString(), slots);
    }

    private static int endOfWord(String text, int at) {
        int end = at;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
