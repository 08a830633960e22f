package dev.dragoman.training.evaluation;

import java.util.Arrays;

/**
 * The edit distance from hypotheses of one length to a reference, near the diagonal only.
 *
 * <p>A hypothesis mostly shares its begin with the one before; the rows of that begin are kept. Confined to one thread.
 */
final class EditDistance {
    private static final int BEAM = 25;
    private static final int UNREACHED = 1 << 29;
    static final byte NONE = 0;
    static final byte MATCH = 1;
    static final byte SUBSTITUTION = 2;
    /** A reference word that the hypothesis lacks. */
    static final byte INSERTION = 3;
    /** A hypothesis word that is too much. */
    static final byte DELETION = 4;

    private final int[] reference;
    private final int length;
    private final int[][] costs;
    private final byte[][] operations;
    private final double ratio;
    private final int beam;
    private int[] last;
    private int rowsDone;

    /** From hypotheses of {@code length} words. */
    EditDistance(int[] reference, int length) {
        this.reference = reference;
        this.length = length;
        costs = new int[length + 1][reference.length + 1];
        operations = new byte[length + 1][reference.length + 1];
        for (int j = 0; j <= reference.length; j++) {
            costs[0][j] = j;
            operations[0][j] = INSERTION;
        }
        ratio = length == 0 ? 1 : (double) reference.length / length;
        // With fewer, a row might not touch the one before.
        beam = BEAM < ratio / 2 ? (int) Math.ceil(ratio / 2 + BEAM) : BEAM;
        last = new int[length];
    }

    /** The distance of a hypothesis. */
    int of(int[] hypothesis) {
        int same = 0;
        while (same < rowsDone && hypothesis[same] == last[same]) {
            same++;
        }
        for (int i = same + 1; i <= length; i++) {
            fill(i, hypothesis[i - 1]);
        }
        last = hypothesis;
        rowsDone = length;
        return costs[length][reference.length];
    }

    private void fill(int i, int word) {
        Arrays.fill(costs[i], UNREACHED);
        Arrays.fill(operations[i], NONE);
        int diagonal = (int) Math.floor(i * ratio);
        int from = Math.max(0, diagonal - beam);
        int to = i == length ? reference.length + 1 : Math.min(reference.length + 1, diagonal + beam);
        for (int j = from; j < to; j++) {
            if (j == 0) {
                costs[i][j] = costs[i - 1][j] + 1;
                operations[i][j] = DELETION;
                continue;
            }
            boolean match = word == reference[j - 1];
            // The order decides between equals, and with it which shifts are tried.
            consider(i, j, costs[i - 1][j - 1] + (match ? 0 : 1), match ? MATCH : SUBSTITUTION);
            consider(i, j, costs[i - 1][j] + 1, DELETION);
            consider(i, j, costs[i][j - 1] + 1, INSERTION);
        }
    }

    private void consider(int i, int j, int cost, byte operation) {
        if (cost < costs[i][j]) {
            costs[i][j] = cost;
            operations[i][j] = operation;
        }
    }

    /** How the last hypothesis becomes the reference. */
    Alignment alignment() {
        Alignment alignment = new Alignment(length, reference.length);
        int i = length;
        int j = reference.length;
        while (i > 0 || j > 0) {
            byte operation = operations[i][j];
            boolean wrong = operation != MATCH;
            boolean takesHypothesis = operation != INSERTION;
            boolean takesReference = operation != DELETION;
            i -= takesHypothesis ? 1 : 0;
            j -= takesReference ? 1 : 0;
            if (takesHypothesis) {
                alignment.hypothesisWrong[i] = wrong;
            }
            if (takesReference) {
                alignment.referenceWrong[j] = wrong;
                // A word that the hypothesis lacks is behind the last word that it has.
                alignment.position[j] = takesHypothesis ? i : i - 1;
            }
        }
        return alignment;
    }

    /** Where the words of the reference are in a hypothesis, and which words of either are wrong. */
    static final class Alignment {
        /** By reference word: the word of the hypothesis, or the one before the gap; -1 is before the first. */
        final int[] position;

        final boolean[] hypothesisWrong;
        final boolean[] referenceWrong;

        Alignment(int hypothesis, int reference) {
            position = new int[reference];
            hypothesisWrong = new boolean[hypothesis];
            referenceWrong = new boolean[reference];
        }
    }
}
