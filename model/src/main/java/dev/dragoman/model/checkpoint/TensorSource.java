package dev.dragoman.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * A tensor on its way to a file, given in slices, so that it may be larger than memory or be in no memory at all.
 *
 * <p>The slices follow one another in row-major order; each is asked for once, the first first.
 */
public interface TensorSource {
    /** Path of the parameter. */
    String name();

    /** Element type in the file. */
    StoredType type();

    /** Sizes, outermost first. */
    long[] shape();

    /** How many slices there are; none for a tensor without elements. */
    int slices();

    /**
     * The elements of slice {@code i}, little-endian, from the buffer's position to its limit. The buffer may be used again for the next
     * slice.
     */
    ByteBuffer slice(int i) throws IOException;

    /**
     * Size in the file.
     *
     * @throws ArithmeticException if it is beyond {@code long}
     */
    default long bytes() {
        return type().bytes(shape());
    }

    /** A tensor of one slice. */
    static TensorSource of(String name, StoredType type, long[] shape, Supplier<ByteBuffer> content) {
        return new TensorSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public StoredType type() {
                return type;
            }

            @Override
            public long[] shape() {
                return shape;
            }

            @Override
            public int slices() {
                return 1;
            }

            @Override
            public ByteBuffer slice(int i) {
                return content.get();
            }
        };
    }
}
