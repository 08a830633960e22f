package dev.dragoman.model.checkpoint;

/** The upper half of a float32, as numbers: eight significant bits. The engine's Java side does not know the type. */
final class Bfloat16 {
    static final int BYTES = 2;

    private Bfloat16() {}

    /** Rounds to nearest, ties to even, as hardware does. */
    static short of(float value) {
        // One pattern for all NaNs, since rounding would turn some of them into zero.
        int bits = Float.floatToIntBits(value);
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    static float toFloat(short value) {
        return Float.intBitsToFloat(value << 16);
    }
}
