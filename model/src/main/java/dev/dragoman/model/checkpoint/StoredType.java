package dev.dragoman.model.checkpoint;

/** Element types that our tensor files use, by the names of the safetensors format. */
public enum StoredType {
    F32(4),
    BF16(2),
    I8(1);

    private final int bytes;

    StoredType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }

    /**
     * Bytes of a tensor.
     *
     * @throws ArithmeticException if they are beyond {@code long}
     */
    long bytes(long[] shape) {
        long result = bytes;
        for (long size : shape) {
            result = Math.multiplyExact(result, size);
        }
        return result;
    }
}
