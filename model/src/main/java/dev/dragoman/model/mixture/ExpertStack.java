package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;

/**
 * One stack of expert matrices {@code [E, out, in]} with its gradient, of which only the experts that a batch chose are written.
 *
 * @param parameter the matrices
 * @param gradient of the same shape and element type; that of an expert which is not in {@code touched} is meaningless for a sparse
 *     optimiser and zero for a dense one
 * @param touched which experts have a gradient; one array for both stacks of a layer, cleared by whoever updates them
 */
public record ExpertStack(Parameter parameter, NDArray gradient, boolean[] touched) {}
