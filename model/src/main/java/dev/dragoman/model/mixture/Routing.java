package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;

/**
 * What a gate decided about a batch when training: A assignments of rows to experts, in any order.
 *
 * @param gates {@code [A]} their weights, with gradient
 * @param rows {@code [A]} their rows
 * @param experts {@code [A]} their experts
 * @param importance {@code [E]} sum of gates per expert (Shazeer et al. 2017, equations 6 and 13)
 * @param load {@code [E]} smooth number of rows per expert (equations 10 and 14)
 * @param terms the balance terms: squared coefficients of variation of importance and load, and for strictly balanced gates the loss of
 *     their thresholds (equation 20, per row)
 * @param loadSums sums over rows that the load is made of: itself, or {@code [G, 2 + E / G]} for noisy gates of groups, whose load is no
 *     sum (equation 14)
 * @param onward carries the gradients that have come down to {@code gates} and {@code loadSums} on to the gate's parameters and rows;
 *     does nothing where the engine's graph leads there
 */
record Routing(
        NDArray gates,
        int[] rows,
        int[] experts,
        NDArray importance,
        NDArray load,
        NDArray terms,
        NDArray loadSums,
        Runnable onward) {}
