package dev.dragoman.inference.faithful;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of a text, as a model's alignment counts them: what stands between white space.
 *
 * @param starts where each begins
 * @param ends where each ends
 */
record Words(List<Integer> starts, List<Integer> ends) {
    static Words of(String text) {
        List<Integer> starts = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        boolean isInside = false;
        for (int i = 0; i <= text.length(); i++) {
            boolean isSpace = i == text.length() || isSpace(text.charAt(i));
            if (isInside == isSpace) {
                (isSpace ? ends : starts).add(i);
                isInside = !isSpace;
            }
        }
        return new Words(starts, ends);
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    int size() {
        return starts.size();
    }

    /** How many words end at a place or before it. */
    int before(int place) {
        int words = 0;
        while (words < size() && ends.get(words) <= place) {
            words++;
        }
        return words;
    }

    /** How many words begin before a place. */
    int begunBefore(int place) {
        int words = 0;
        while (words < size() && starts.get(words) < place) {
            words++;
        }
        return words;
    }
}
