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
}
