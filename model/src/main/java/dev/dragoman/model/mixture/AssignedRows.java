package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;

/**
 * Rows on their way to experts: A assignments, in any order.
 *
 * @param x {@code [N, D]}, without gradient
 * @param gates {@code [A]} weights of the assignments
 * @param rows {@code [A]} their rows
 * @param experts {@code [A]} their experts
 */
record AssignedRows(NDArray x, NDArray gates, int[] rows, int[] experts) {
    /** N. */
    int count() {
        return Math.toIntExact(x.getShape().get(0));
    }
}
