package dev.dragoman.model.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * An array in memory on its way to a file, converted slice by slice, so that nothing but a slice is ever there twice.
 *
 * <p>8 bits come with one scale per row (Wu et al. 2016, section 6): {@code s = max |w|}, {@code q = round(127 w / s)}.
 */
final class ArraySource implements TensorSource {
    /** What becomes of the elements. */
    private enum Form {
        FLOATS,
        BFLOAT16,
        /** Elements of a row in 8 bits. */
        ROWS,
        /** One number per row. */
        SCALES,
        /** Whatever they are, they stay so. */
        BYTES
    }

    private final String name;
    private final NDArray array;
    private final StoredType type;
    private final long[] shape;
    private final Form form;
    private final Slices slices;
    private final int rowLength;

    private ArraySource(
            String name, NDArray array, StoredType type, long[] shape, Form form, long rowLength, int longestSlice) {
        this.name = name;
        this.array = array;
        this.type = type;
        this.shape = shape;
        this.form = form;
        this.rowLength = Math.toIntExact(rowLength);
        slices = Slices.of(array.size(), rowLength, longestSlice);
    }

    static ArraySource floats(String name, NDArray array, int longestSlice) {
        return new ArraySource(name, array, StoredType.F32, shape(array), Form.FLOATS, 1, longestSlice);
    }

    /** Of an array that has 16 bits already or more. */
    static ArraySource bfloat16(String name, NDArray array, int longestSlice) {
        Form form = isBfloat16(array) ? Form.BYTES : Form.BFLOAT16;
        return new ArraySource(name, array, StoredType.BF16, shape(array), form, 1, longestSlice);
    }

    /** Of an array that has 8 bits already. */
    static ArraySource bytes(String name, NDArray array, int longestSlice) {
        return new ArraySource(name, array, StoredType.I8, shape(array), Form.BYTES, 1, longestSlice);
    }

    /** The elements in 8 bits. */
    static ArraySource quantised(String name, NDArray array, int longestSlice) {
        long[] shape = shape(array);
        return new ArraySource(name, array, StoredType.I8, shape, Form.ROWS, shape[shape.length - 1], longestSlice);
    }

    /** The scales that belong to {@link #quantised}, divided by 127. */
    static ArraySource scales(String name, NDArray array, int longestSlice) {
        long[] shape = shape(array);
        long[] rows = Arrays.copyOf(shape, shape.length - 1);
        return new ArraySource(name, array, StoredType.F32, rows, Form.SCALES, shape[shape.length - 1], longestSlice);
    }

    /** The engine's Java side has no name for the type, but its 16-bit integers and halves have theirs. */
    static boolean isBfloat16(NDArray array) {
        return array.getDataType() == DataType.UNKNOWN || array.getDataType() == DataType.BFLOAT16;
    }

    private static long[] shape(NDArray array) {
        return array.getShape().getShape();
    }

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
        return slices.count();
    }

    @Override
    public ByteBuffer slice(int i) {
        return switch (form) {
            case BYTES -> read(i, false);
            case FLOATS -> read(i, true);
            case BFLOAT16 -> narrowed(read(i, true).asFloatBuffer());
            case ROWS -> rows(read(i, true).asFloatBuffer());
            case SCALES -> scales(read(i, true).asFloatBuffer());
        };
    }

    private ByteBuffer read(int i, boolean asFloats) {
        // The engine leaves copies to the array's manager, for instance those from a GPU.
        try (NDManager scratch = array.getManager().newSubManager();
                NDArray flat = array.reshape(-1);
                NDArray slice = flat.get(slices.index(i))) {
            slice.attach(scratch);
            NDArray read = asFloats ? slice.toType(DataType.FLOAT32, false) : slice;
            return read.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private static ByteBuffer narrowed(FloatBuffer values) {
        ByteBuffer result = buffer(values.remaining() * Bfloat16.BYTES);
        while (values.hasRemaining()) {
            result.putShort(Bfloat16.of(values.get()));
        }
        return result.flip();
    }

    private ByteBuffer rows(FloatBuffer values) {
        ByteBuffer result = buffer(values.remaining());
        float[] row = new float[rowLength];
        while (values.hasRemaining()) {
            values.get(row);
            float largest = largest(row);
            for (float value : row) {
                result.put((byte) (largest == 0 ? 0 : Math.round(127 * value / largest)));
            }
        }
        return result.flip();
    }

    private ByteBuffer scales(FloatBuffer values) {
        ByteBuffer result = buffer(values.remaining() / rowLength * Float.BYTES);
        float[] row = new float[rowLength];
        while (values.hasRemaining()) {
            values.get(row);
            result.putFloat(largest(row) / 127);
        }
        return result.flip();
    }

    private static float largest(float[] row) {
        float largest = 0;
        for (float value : row) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
