package dev.dragoman.training.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * The edits from a hypothesis to a reference where moving some words together is one edit.
 *
 * <p>Finding the fewest is too expensive. As Tercom does it, words are moved one stretch after another, each time the one that saves
 * most, as long as that saves anything (Snover et al. 2006, algorithm 1). The limits are those of Tercom and sacreBLEU. Used once.
 */
final class ShiftSearch {
    private static final int LONGEST_SHIFT = 10;
    private static final int FARTHEST_SHIFT = 50;
    private static final int MOST_CANDIDATES = 1000;

    private final int[] reference;
    private final EditDistance distance;
    private int[] hypothesis;
    private int candidates;

    private int saved;
    private int length;
    private int start;
    private int target;
    private int @Nullable [] shifted;

    /** Words are numbers: equal ones have the same. */
    ShiftSearch(int[] hypothesis, int[] reference) {
        this.hypothesis = hypothesis;
        this.reference = reference;
        distance = new EditDistance(reference, hypothesis.length);
    }

    /** The number of edits, shifts included. */
    int edits() {
        if (reference.length == 0) {
            return hypothesis.length;
        }
        int shifts = 0;
        while (true) {
            shifted = null;
            findBest();
            // A search that was cut off counts for nothing, even if it has found something.
            if (candidates >= MOST_CANDIDATES || shifted == null || saved <= 0) {
                return shifts + distance.of(hypothesis);
            }
            hypothesis = shifted;
            shifts++;
        }
    }

    private void findBest() {
        int before = distance.of(hypothesis);
        EditDistance.Alignment alignment = distance.alignment();
        for (int from = 0; from < hypothesis.length; from++) {
            int first = Math.max(0, from - FARTHEST_SHIFT);
            int last = Math.min(reference.length - 1, from + FARTHEST_SHIFT);
            for (int to = first; to <= last; to++) {
                for (int words = 1; words <= LONGEST_SHIFT && matches(from, to, words); words++) {
                    if (worthwhile(alignment, from, to, words)) {
                        tryTargets(before, alignment, from, to, words);
                        if (candidates >= MOST_CANDIDATES) {
                            return;
                        }
                    }
                }
            }
        }
    }

    /** Whether the last of some words is the same on both sides; those before are known to be. */
    private boolean matches(int from, int to, int words) {
        int i = from + words - 1;
        int j = to + words - 1;
        return i < hypothesis.length && j < reference.length && hypothesis[i] == reference[j];
    }

    /** Whether something is wrong on both sides, and the words would not go to where they are. */
    private static boolean worthwhile(EditDistance.Alignment alignment, int from, int to, int words) {
        int place = alignment.position[to];
        return any(alignment.hypothesisWrong, from, words)
                && any(alignment.referenceWrong, to, words)
                && !(from <= place && place < from + words);
    }

    private static boolean any(boolean[] flags, int from, int count) {
        for (int i = from; i < from + count; i++) {
            if (flags[i]) {
                return true;
            }
        }
        return false;
    }

    private void tryTargets(int before, EditDistance.Alignment alignment, int from, int to, int words) {
        int previous = -1;
        for (int offset = -1; offset < words && to + offset < reference.length; offset++) {
            int place = to + offset < 0 ? 0 : alignment.position[to + offset] + 1;
            if (place == previous) {
                continue;
            }
            previous = place;
            candidates++;
            int[] moved = move(from, words, place);
            keepBest(before - distance.of(moved), words, from, place, moved);
        }
    }

    /** Most saved first, then longest, then first in the hypothesis, then first place. */
    private void keepBest(int saving, int words, int from, int place, int[] moved) {
        int order = shifted == null ? 1 : Integer.compare(saving, saved);
        order = order == 0 ? Integer.compare(words, length) : order;
        order = order == 0 ? Integer.compare(start, from) : order;
        order = order == 0 ? Integer.compare(target, place) : order;
        if (order > 0) {
            saved = saving;
            length = words;
            start = from;
            target = place;
            shifted = moved;
        }
    }

    /** The hypothesis with some words moved to before the word at {@code place}, or, if that is one of them, that far to the right. */
    private int[] move(int from, int words, int place) {
        int n = hypothesis.length;
        int[] moved = new int[n];
        // Where the stretch begins when it has been moved.
        int begin = place < from ? place : Math.min(n - words, place > from + words ? place - words : place);
        System.arraycopy(hypothesis, from, moved, begin, words);
        int next = 0;
        for (int i = 0; i < n; i++) {
            if (i >= from && i < from + words) {
                continue;
            }
            if (next == begin) {
                next += words;
            }
            moved[next++] = hypothesis[i];
        }
        return moved;
    }
}
