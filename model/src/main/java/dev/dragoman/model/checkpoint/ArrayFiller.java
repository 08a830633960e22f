package dev.dragoman.model.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * A stored parameter on its way into an array, expanded slice by slice.
 *
 * <p>In main memory the slices are written to where the array lies, since the engine refuses in-place operations of this kind on arrays
 * that came out of kernels or record gradients, and cannot make bfloat16 from Java; elsewhere the engine copies them.
 */
final class ArrayFiller {
    private final StoredParameter stored;
    private final Slices slices;

    ArrayFiller(StoredParameter stored, int longestSlice) {
        this.stored = stored;
        slices = Slices.of(stored.values().elements(), Math.max(1, stored.rowLength()), longestSlice);
    }

    /**
     * Overwrites all of an array.
     *
     * @param target float32 or bfloat16, contiguous, of the stored shape
     * @throws IllegalArgumentException if it is of another type
     */
    void fill(NDArray target) {
        fill(target, target.getDevice().isGpu());
    }

    /** As {@link #fill(NDArray)}; {@code byEngine} where the slices cannot be written to from here. */
    void fill(NDArray target, boolean byEngine) {
        if (target.getDataType() != DataType.FLOAT32 && !ArraySource.isBfloat16(target)) {
            throw new IllegalArgumentException("the array for "
                    + stored.values().name() + " must be float32 or bfloat16, but is " + target.getDataType());
        }
        try (NDArray detached = target.stopGradient();
                NDArray flat = detached.reshape(-1)) {
            for (int i = 0; i < slices.count(); i++) {
                if (byEngine) {
                    copy(i, flat);
                } else if (ArraySource.isBfloat16(target)) {
                    narrow(i, memory(i, flat).asShortBuffer());
                } else {
                    expand(i, memory(i, flat).asFloatBuffer());
                }
            }
        }
    }

    /** Where the slice lies; valid as long as the array is open. */
    private ByteBuffer memory(int i, NDArray flat) {
        try (NDArray slice = flat.get(slices.index(i))) {
            return slice.toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private void copy(int i, NDArray flat) {
        int length = Math.toIntExact(slices.to(i) - slices.from(i));
        ByteBuffer floats = ByteBuffer.allocateDirect(Math.multiplyExact(length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        expand(i, floats.asFloatBuffer());
        try (NDManager scratch = flat.getManager().newSubManager();
                NDArray slice = flat.get(slices.index(i))) {
            Overwrite.with(slice, scratch.create(floats, new Shape(length), DataType.FLOAT32));
        }
    }

    private void narrow(int i, ShortBuffer into) {
        if (stored.values().type() == StoredType.BF16) {
            into.put(map(i).asShortBuffer());
            return;
        }
        FloatBuffer floats = FloatBuffer.allocate(into.remaining());
        expand(i, floats);
        floats.flip();
        while (floats.hasRemaining()) {
            into.put(Bfloat16.of(floats.get()));
        }
    }

    private void expand(int i, FloatBuffer into) {
        switch (stored.values().type()) {
            case F32 -> into.put(map(i).asFloatBuffer());
            case BF16 -> {
                ShortBuffer halves = map(i).asShortBuffer();
                while (halves.hasRemaining()) {
                    into.put(Bfloat16.toFloat(halves.get()));
                }
            }
            case I8 -> dequantise(i, into);
        }
    }

    private void dequantise(int i, FloatBuffer into) {
        StoredTensor scales = stored.scales();
        if (scales == null) {
            throw new IllegalStateException(stored.values().name() + " has no scales");
        }
        long rowLength = stored.rowLength();
        ByteBuffer values = map(i);
        FloatBuffer scaleOfRow =
                scales.map(slices.from(i) / rowLength, slices.to(i) / rowLength).asFloatBuffer();
        while (scaleOfRow.hasRemaining()) {
            float scale = scaleOfRow.get();
            for (long column = 0; column < rowLength; column++) {
                into.put(values.get() * scale);
            }
        }
    }

    private ByteBuffer map(int i) {
        return stored.values().map(slices.from(i), slices.to(i));
    }
}
