package dev.dragoman.model.kernel;

import java.util.Locale;

/** Element type in which matrix products run. */
public enum Compute {
    FLOAT32(6),
    /**
     * Twice to ten times the speed of float32 where the processor or the GPU multiplies bfloat16 itself; when training, weights stay in
     * float32.
     */
    BFLOAT16(15),
    /** For serving on GPUs that do not multiply bfloat16; numbers above 65,504 are infinite. */
    FLOAT16(5),
    /** For tests: the arithmetic without rounding to speak of. Gates and losses of mixture layers then are of this type too. */
    FLOAT64(7);

    private final int code;

    Compute(int code) {
        this.code = code;
    }

    /** libtorch's number for the type. */
    public int code() {
        return code;
    }

    /** Of a number. */
    public int bytes() {
        return switch (this) {
            case FLOAT32 -> 4;
            case BFLOAT16, FLOAT16 -> 2;
            case FLOAT64 -> 8;
        };
    }

    /** For people: what follows the name of a device that computes in the type; nothing for float32. */
    public String suffix() {
        return this == FLOAT32 ? "" : " in " + name().toLowerCase(Locale.ROOT);
    }

    /** libtorch's number for the type of sums that need more bits. */
    int wide() {
        return this == FLOAT64 ? code : FLOAT32.code;
    }
}
