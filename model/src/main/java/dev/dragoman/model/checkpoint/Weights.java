package dev.dragoman.model.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Parameters to and from a tensor file.
 *
 * <p>Matrices and stacks of matrices may be stored in 16 bits, or in 8 bits with one scale per row (Wu et al. 2016, section 6:
 * {@code s = max |w|}, {@code q = round(127 w / s)}), the scales as {@code NAME.scale} in float32, already divided by 127; vectors are
 * always stored in 32 bits.
 */
public final class Weights {
    private static final String SCALE = ".scale";

    private Weights() {}

    /** Writes parameters as they are in memory, matrices in {@code precision}. */
    public static void write(Path file, Map<String, NDArray> arrays, StoredType precision) throws IOException {
        List<StoredTensor> tensors = new ArrayList<>();
        arrays.forEach((name, array) -> {
            long[] shape = array.getShape().getShape();
            StoredType type = shape.length >= 2 ? precision : StoredType.F32;
            if (type == StoredType.I8) {
                tensors.add(new StoredTensor(
                        name, type, shape, () -> quantised(array).values()));
                long[] rows = Arrays.copyOf(shape, shape.length - 1);
                tensors.add(new StoredTensor(
                        name + SCALE,
                        StoredType.F32,
                        rows,
                        () -> quantised(array).scales()));
            } else {
                tensors.add(new StoredTensor(
                        name, type, shape, () -> type == StoredType.F32 ? bytes(array) : bfloat16(array)));
            }
        });
        SafetensorsWriter.write(file, tensors);
    }

    /**
     * Fills parameters from a file, in float32. Tensors stored so are used where they are mapped, so nothing may write to them.
     *
     * @param manager owns the arrays
     * @throws ModelFormatException if a parameter is missing or has another shape
     */
    public static void read(SafetensorsReader file, Map<String, Parameter> parameters, NDManager manager) {
        parameters.forEach((name, parameter) -> {
            NDArray array = array(file, name, parameter.getShape(), manager);
            // DJL takes an array only where no shape was set before.
            parameter.setShape(null);
            parameter.setArray(array);
        });
    }

    /** One tensor as a float32 array of {@code manager}; where it is stored so, over the mapped file itself. */
    public static NDArray array(SafetensorsReader file, String name, Shape shape, NDManager manager) {
        SafetensorsReader.Entry entry = entry(file, name, shape.getShape());
        ByteBuffer stored = file.map(entry);
        ByteBuffer elements = switch (entry.type()) {
            case F32 -> stored;
            case BF16 -> expandBfloat16(stored.asShortBuffer());
            case I8 -> {
                long[] rows = Arrays.copyOf(entry.shape(), entry.shape().length - 1);
                SafetensorsReader.Entry scales = entry(file, name + SCALE, rows);
                if (scales.type() != StoredType.F32) {
                    throw new ModelFormatException(
                            file.file(), name + SCALE + " has element type " + scales.type() + ", scales are F32");
                }
                yield dequantise(stored, file.map(scales).asFloatBuffer());
            }
        };
        return manager.create(elements, shape, DataType.FLOAT32);
    }

    private static ByteBuffer expandBfloat16(ShortBuffer stored) {
        ByteBuffer result = floats(stored.remaining());
        while (stored.hasRemaining()) {
            result.putInt(stored.get() << 16);
        }
        return result.flip();
    }

    private static ByteBuffer dequantise(ByteBuffer values, FloatBuffer scales) {
        int columns = scales.hasRemaining() ? values.remaining() / scales.remaining() : 0;
        ByteBuffer result = floats(values.remaining());
        while (scales.hasRemaining()) {
            float scale = scales.get();
            for (int i = 0; i < columns; i++) {
                result.putFloat(values.get() * scale);
            }
        }
        return result.flip();
    }

    /** Outside the heap, where the engine uses it in place. */
    private static ByteBuffer floats(int count) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static SafetensorsReader.Entry entry(SafetensorsReader file, String name, long[] shape) {
        SafetensorsReader.Entry entry = file.find(name);
        if (entry == null) {
            throw new ModelFormatException(file.file(), "has no tensor " + name + ", which the configuration asks for");
        }
        if (!Arrays.equals(entry.shape(), shape)) {
            throw new ModelFormatException(
                    file.file(),
                    name + " has shape " + Arrays.toString(entry.shape()) + ", the configuration asks for "
                            + Arrays.toString(shape));
        }
        return entry;
    }

    private static ByteBuffer bytes(NDArray array) {
        return array.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Round to nearest, ties to even, as hardware does. */
    private static ByteBuffer bfloat16(NDArray array) {
        FloatBuffer values = bytes(array).asFloatBuffer();
        ByteBuffer result = ByteBuffer.allocate(values.remaining() * 2).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            // One pattern for all NaNs, since rounding would turn some of them into zero.
            int bits = Float.floatToIntBits(values.get());
            result.putShort((short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16));
        }
        return result.flip();
    }

    private record Quantised(ByteBuffer values, ByteBuffer scales) {}

    private static Quantised quantised(NDArray array) {
        FloatBuffer in = bytes(array).asFloatBuffer();
        int columns = (int) array.getShape().get(array.getShape().dimension() - 1);
        int rows = in.remaining() / columns;
        ByteBuffer values = ByteBuffer.allocate(rows * columns);
        ByteBuffer scales = ByteBuffer.allocate(rows * 4).order(ByteOrder.LITTLE_ENDIAN);
        float[] row = new float[columns];
        for (int r = 0; r < rows; r++) {
            in.get(row);
            float largest = 0;
            for (float value : row) {
                largest = Math.max(largest, Math.abs(value));
            }
            scales.putFloat(largest / 127);
            for (float value : row) {
                values.put((byte) (largest == 0 ? 0 : Math.round(127 * value / largest)));
            }
        }
        return new Quantised(values.flip(), scales.flip());
    }
}
