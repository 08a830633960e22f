package dev.dragoman.training.shortlist;

import dev.dragoman.inference.Shortlist;
import java.util.Arrays;

/**
 * How much of given translations a shortlist would have allowed, and how long its lists are. The end of a sentence, which is always allowed, is
 * not counted. Confined to one thread.
 */
public final class Coverage {
    private final Shortlist shortlist;
    private long sentences;
    private long wholeSentences;
    private long pieces;
    private long piecesInside;
    private long listed;
    private int longest;

    public Coverage(Shortlist shortlist) {
        this.shortlist = shortlist;
    }

    /** Counts a sentence and a translation of it, as ids without control pieces. */
    public void add(int[] source, int[] target) {
        int[] allowed = shortlist.allowed(source);
        long inside = Arrays.stream(target)
                .filter(id -> Arrays.binarySearch(allowed, id) >= 0)
                .count();
        sentences++;
        wholeSentences += inside == target.length ? 1 : 0;
        pieces += target.length;
        piecesInside += inside;
        listed += allowed.length;
        longest = Math.max(longest, allowed.length);
    }

    /** Share of the translations' pieces that are allowed, 0 to 1; not a number before there is one. */
    public double pieces() {
        return (double) piecesInside / pieces;
    }

    /** Share of the translations of which every piece is allowed, 0 to 1; not a number before there is one. */
    public double sentences() {
        return (double) wholeSentences / sentences;
    }

    /** Mean number of pieces that a sentence allows. */
    public double meanLength() {
        return (double) listed / sentences;
    }

    /** The most that a sentence allows. */
    public int longest() {
        return longest;
    }
}
