package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * A padded batch of sentences on the device.
 *
 * @param ids {@code [T, B]} int64
 * @param rows {@code [N]} flat indices of real positions
 * @param reversal {@code [T * B]} each position's mirror image within its sentence
 * @param mask {@code [B, T]}: 0 at real positions, negative infinity at padding
 */
public record SourceArrays(NDArray ids, NDArray rows, NDArray reversal, NDArray mask) {
    /** Copies a batch to the device; the arrays belong to {@code manager}. */
    public static SourceArrays of(NDManager manager, PaddedIds padded) {
        return new SourceArrays(
                manager.create(padded.timeMajor(), new Shape(padded.length(), padded.sentences())),
                manager.create(padded.rows()),
                manager.create(padded.reversal()),
                manager.create(padded.mask(), new Shape(padded.sentences(), padded.length())));
    }
}
