package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;

/**
 * What the decoder attends to.
 *
 * @param memory top encoder outputs {@code [S, B, D]}
 * @param keys the source's part of the attention score {@code [B, S, A]}
 * @param mask {@code [B, S]}: 0 at real positions, negative infinity at padding
 */
public record EncodedSource(NDArray memory, NDArray keys, NDArray mask) {}
