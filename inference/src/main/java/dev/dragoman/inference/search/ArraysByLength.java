package dev.dragoman.inference.search;

import org.jspecify.annotations.Nullable;

/** Arrays to be used again and again, one of each length: a session wants exactly one number per row, and the number of rows varies. */
final class ArraysByLength {
    private int[] @Nullable [] arrays = new int[64][];

    /** The array of a length, with what was last written to it. */
    int[] of(int length) {
        if (length >= arrays.length) {
            int[] @Nullable [] more = new int[Math.max(length + 1, 2 * arrays.length)][];
            System.arraycopy(arrays, 0, more, 0, arrays.length);
            arrays = more;
        }
        int[] array = arrays[length];
        if (array == null) {
            array = new int[length];
            arrays[length] = array;
        }
        return array;
    }
}
