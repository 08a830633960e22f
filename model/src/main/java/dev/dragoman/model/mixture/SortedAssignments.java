package dev.dragoman.model.mixture;

import java.util.Arrays;

/**
 * The assignments of a batch in serving, sorted by expert, those of one expert in the order of their rows.
 *
 * @param rows {@code [A]}: the rows of the assignments as the gate gave them, ascending
 * @param experts the chosen experts, ascending
 * @param counts how many assignments each of them has
 * @param order {@code [A]}: the assignment in each slot of the sorted order
 */
record SortedAssignments(long[] rows, int[] experts, int[] counts, int[] order) {
    private static final int ASSIGNMENT_BITS = 32;

    /**
     * Sorts.
     *
     * @param pairs rows and then experts of the assignments, {@code [2, A]}
     */
    static SortedAssignments of(long[] pairs) {
        int size = pairs.length / 2;
        long[] keys = new long[size];
        for (int a = 0; a < size; a++) {
            keys[a] = pairs[size + a] << ASSIGNMENT_BITS | a;
        }
        Arrays.sort(keys);
        int[] order = new int[size];
        int[] experts = new int[size];
        int[] counts = new int[size];
        int chosen = 0;
        for (int slot = 0; slot < size; slot++) {
            order[slot] = (int) keys[slot];
            int expert = (int) (keys[slot] >>> ASSIGNMENT_BITS);
            if (chosen == 0 || experts[chosen - 1] != expert) {
                experts[chosen++] = expert;
            }
            counts[chosen - 1]++;
        }
        return new SortedAssignments(
                Arrays.copyOf(pairs, size), Arrays.copyOf(experts, chosen), Arrays.copyOf(counts, chosen), order);
    }

    /** The rows in the slots of the chosen experts {@code from} to {@code to}. */
    long[] sources(int from, int to) {
        int first = Arrays.stream(counts, 0, from).sum();
        long[] sources = new long[Arrays.stream(counts, from, to).sum()];
        Arrays.setAll(sources, i -> rows[order[first + i]]);
        return sources;
    }

    /** {@code [A]}: the slot of each assignment. */
    long[] slots() {
        long[] slots = new long[order.length];
        for (int slot = 0; slot < slots.length; slot++) {
            slots[order[slot]] = slot;
        }
        return slots;
    }
}
