package dev.dragoman.model.checkpoint;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * A tensor on its way to a file.
 *
 * @param name path of the parameter
 * @param type element type
 * @param shape sizes, outermost first
 * @param content gives the elements in row-major little-endian order; called twice, once for the digest and once to write, so that a
 *     file may be larger than memory
 */
public record StoredTensor(String name, StoredType type, long[] shape, Supplier<ByteBuffer> content) {
    /** Size in the file. */
    public long bytes() {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        return Math.multiplyExact(elements, type.bytes());
    }
}
