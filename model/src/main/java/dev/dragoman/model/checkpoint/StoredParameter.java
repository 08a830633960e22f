package dev.dragoman.model.checkpoint;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A parameter as it is stored, for those who read it where it lies instead of having it expanded.
 *
 * @param values the elements
 * @param scales of 8-bit values, one float32 per row: the shape of the values without its last size, value = scale * element; null for
 *     other types
 */
public record StoredParameter(StoredTensor values, @Nullable StoredTensor scales) {
    static final String SCALE = ".scale";

    /**
     * Finds a parameter and its scales.
     *
     * @throws ModelFormatException if one of them is missing or of another shape than asked for
     */
    public static StoredParameter find(WeightFiles files, String name, long... shape) {
        StoredTensor values = tensor(files, name, shape);
        if (values.type() != StoredType.I8) {
            return new StoredParameter(values, null);
        }
        if (shape.length == 0) {
            throw new ModelFormatException(values.file(), name + " has 8 bits but no rows to scale");
        }
        StoredTensor scales = tensor(files, name + SCALE, Arrays.copyOf(shape, shape.length - 1));
        if (scales.type() != StoredType.F32) {
            throw new ModelFormatException(
                    scales.file(), name + SCALE + " has element type " + scales.type() + ", scales are F32");
        }
        return new StoredParameter(values, scales);
    }

    private static StoredTensor tensor(WeightFiles files, String name, long[] shape) {
        StoredTensor tensor = files.find(name);
        if (tensor == null) {
            throw new ModelFormatException(
                    files.file(), "has no tensor " + name + ", which the configuration asks for");
        }
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw new ModelFormatException(
                    tensor.file(),
                    name + " has shape " + Arrays.toString(tensor.shape()) + ", the configuration asks for "
                            + Arrays.toString(shape));
        }
        return tensor;
    }

    /** Elements that share a scale; 1 where there are no scales. */
    long rowLength() {
        return scales == null ? 1 : values.shape()[values.shape().length - 1];
    }
}
