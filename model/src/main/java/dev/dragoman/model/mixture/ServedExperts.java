package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * The experts of a layer in serving, wherever their matrices are.
 *
 * <p>A row's result depends on the rows beside it by rounding only: it is the number of rows that decides how an expert of 8 bits is
 * multiplied, and so in which order sums are taken.
 */
interface ServedExperts {
    /**
     * Lets the gate choose and sums the chosen experts' outputs.
     *
     * @param x rows {@code [N, D]}, at least one
     * @return {@code [N, D]}, owned by the manager of {@code x}
     */
    NDArray apply(NDArray x);

    /** The stacks, whole and on the device, if that is where they are. */
    default Optional<ExpertMatrices> resident() {
        return Optional.empty();
    }
}
