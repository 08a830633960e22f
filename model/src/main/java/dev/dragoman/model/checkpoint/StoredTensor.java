package dev.dragoman.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where a tensor lies, checked against the file's size when the file was opened; enough for native code to map it itself.
 *
 * @param file the file that holds it
 * @param name path of the parameter
 * @param type element type
 * @param shape sizes, outermost first
 * @param begin first byte in the file
 * @param bytes number of bytes
 */
public record StoredTensor(Path file, String name, StoredType type, long[] shape, long begin, long bytes) {
    /** Whether it begins at a multiple of its element's size, as all do that {@link SafetensorsWriter} wrote. */
    public boolean isAligned() {
        return begin % type.bytes() == 0;
    }

    /** Number of elements. */
    public long elements() {
        return bytes / type.bytes();
    }

    /**
     * Maps all of it.
     *
     * @throws ModelFormatException if it is larger than 2 GiB, or the file cannot be mapped any more
     */
    public ByteBuffer map() {
        return map(0, elements());
    }

    /**
     * Maps elements {@code from} to {@code to}, read-only and little-endian; valid as long as the buffer is reachable.
     *
     * @throws ModelFormatException if they are larger than 2 GiB, or the file cannot be mapped any more
     */
    public ByteBuffer map(long from, long to) {
        if (from < 0 || to < from || to > elements()) {
            throw new IndexOutOfBoundsException(
                    "elements " + from + " to " + to + " of " + name + ", which has " + elements());
        }
        long length = (to - from) * type.bytes();
        if (length > Integer.MAX_VALUE) {
            throw new ModelFormatException(file, length + " bytes of " + name + " are over the limit of 2 GiB");
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            return in.map(FileChannel.MapMode.READ_ONLY, begin + from * type.bytes(), length)
                    .order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new ModelFormatException(file, "cannot be mapped: " + e.getMessage(), e);
        }
    }
}
