package dev.dragoman.model.kernel;

/** Element type in which matrix products run. */
public enum Compute {
    FLOAT32(6),
    /** Twice to ten times the speed of float32 where the processor or the GPU multiplies bfloat16 itself; weights stay in float32. */
    BFLOAT16(15);

    private final int code;

    Compute(int code) {
        this.code = code;
    }

    /** libtorch's number for the type. */
    public int code() {
        return code;
    }
}
