package dev.dragoman.benchmark;

import ai.djl.ndarray.types.DataType;
import dev.dragoman.model.kernel.Compute;

/** How the matrices of experts are kept. */
enum Precision {
    FLOAT32(4),
    BFLOAT16(2),
    /** With a scale per output; serving only. */
    INT8(1);

    private final int bytes;

    Precision(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of a number. */
    int bytes() {
        return bytes;
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The type in which training multiplies. */
    Compute compute() {
        return this == FLOAT32 ? Compute.FLOAT32 : Compute.BFLOAT16;
    }

    DataType type() {
        return switch (this) {
            case FLOAT32 -> DataType.FLOAT32;
            case BFLOAT16 -> DataType.BFLOAT16;
            case INT8 -> DataType.INT8;
        };
    }
}
