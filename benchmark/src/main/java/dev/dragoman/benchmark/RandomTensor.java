package dev.dragoman.benchmark;

import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.TensorSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A tensor of random numbers that is written without ever being in memory: one block of them, again and again. How fast a network is does
 * not depend on its weights.
 */
final class RandomTensor implements TensorSource {
    private static final int BLOCK = 1 << 20;
    /** Largest number of an 8-bit weight. */
    private static final int MOST = 127;

    private final String name;
    private final StoredType type;
    private final long[] shape;
    private final ByteBuffer block;

    private RandomTensor(String name, StoredType type, long[] shape, ByteBuffer block) {
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.block = block;
    }

    /**
     * What a file needs of a parameter: the tensor and, in 8 bits, its scales.
     *
     * @param deviation of the numbers
     */
    static List<TensorSource> of(String name, StoredType type, double deviation, long... shape) {
        List<TensorSource> tensors = new ArrayList<>();
        double bound = Math.sqrt(3) * deviation;
        tensors.add(new RandomTensor(name, type, shape, uniform(type, bound)));
        if (type == StoredType.I8) {
            long[] rows = java.util.Arrays.copyOf(shape, shape.length - 1);
            tensors.add(new RandomTensor(name + ".scale", StoredType.F32, rows, constant(bound / MOST)));
        }
        return tensors;
    }

    private static ByteBuffer uniform(StoredType type, double bound) {
        Random random = new Random(1);
        ByteBuffer block = newBlock();
        while (block.hasRemaining()) {
            double value = 2 * random.nextDouble() - 1;
            switch (type) {
                case F32 -> block.putFloat((float) (bound * value));
                case BF16 -> block.putShort((short) (Float.floatToRawIntBits((float) (bound * value)) >>> 16));
                case I8 -> block.put((byte) Math.round(MOST * value));
            }
        }
        return block.flip();
    }

    private static ByteBuffer constant(double value) {
        ByteBuffer block = newBlock();
        while (block.hasRemaining()) {
            block.putFloat((float) value);
        }
        return block.flip();
    }

    private static ByteBuffer newBlock() {
        return ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
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
        return Math.toIntExact((bytes() + BLOCK - 1) / BLOCK);
    }

    @Override
    public ByteBuffer slice(int i) {
        return block.duplicate().limit((int) Math.min(BLOCK, bytes() - (long) i * BLOCK));
    }
}
