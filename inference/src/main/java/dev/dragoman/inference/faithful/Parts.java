package dev.dragoman.inference.faithful;

import java.util.ArrayList;
import java.util.List;

/** Cuts a sentence. Joined again, the parts are the sentence; white space at a cut is a part of its own. */
final class Parts {
    static final String CLAUSE_ENDS = ",;:\u2013\u2014\u060C\u061B\u3001\uFF0C\uFF1B\uFF1A";

    /** Shorter clauses say too little to be translated for themselves. */
    private static final int SHORTEST_CLAUSE = 15;

    private Parts() {}

    static List<SlottedText> atClauses(SlottedText sentence) {
        String text = sentence.text();
        List<SlottedText> parts = new ArrayList<>();
        int start = 0;
        for (int i = 1; i < text.length() - SHORTEST_CLAUSE; i++) {
            boolean isEnd = CLAUSE_ENDS.indexOf(text.charAt(i - 1)) >= 0 && Character.isWhitespace(text.charAt(i));
            if (isEnd && i - start >= SHORTEST_CLAUSE) {
                int next = i;
                while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
                    next++;
                }
                parts.add(sentence.slice(start, i));
                parts.add(sentence.slice(i, next));
                start = next;
                i = next;
            }
        }
        parts.add(sentence.slice(start, text.length()));
        return parts;
    }

    static List<SlottedText> atSlots(SlottedText sentence) {
        String text = sentence.text();
        List<SlottedText> parts = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = start;
            boolean isObject = text.charAt(start) == SlottedText.OBJECT;
            while (end < text.length() && (text.charAt(end) == SlottedText.OBJECT) == isObject) {
                end++;
            }
            parts.add(sentence.slice(start, end));
            start = end;
        }
        return trimmed(parts);
    }

    /** White space and punctuation around a text become parts of their own: a model gives neither back for certain. */
    private static List<SlottedText> trimmed(List<SlottedText> parts) {
        List<SlottedText> trimmed = new ArrayList<>();
        for (SlottedText part : parts) {
            String text = part.text();
            int start = 0;
            int end = text.length();
            while (start < end && isEdge(text.charAt(start))) {
                start++;
            }
            while (end > start && isEdge(text.charAt(end - 1))) {
                end--;
            }
            add(part, 0, start, trimmed);
            add(part, start, end, trimmed);
            add(part, end, text.length(), trimmed);
        }
        return trimmed;
    }

    private static boolean isEdge(char c) {
        return !Character.isLetterOrDigit(c) && !Character.isSurrogate(c) && c != SlottedText.OBJECT;
    }

    private static void add(SlottedText part, int from, int to, List<SlottedText> parts) {
        if (to > from) {
            parts.add(part.slice(from, to));
        }
    }
}
