package dev.dragoman.model.checkpoint;

/** Element types that our tensor files use, by the names of the safetensors format. */
public enum StoredType {
    F32(4, 6),
    BF16(2, 15),
    I8(1, 1);

    private final int bytes;
    private final int code;

    StoredType(int bytes, int code) {
        this.bytes = bytes;
        this.code = code;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }

    /** libtorch's number for the type. */
    int code() {
        return code;
    }
}
