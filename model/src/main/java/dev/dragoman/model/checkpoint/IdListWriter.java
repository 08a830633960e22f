package dev.dragoman.model.checkpoint;

import java.util.Arrays;

/**
 * Writes ascending lists of ids below a limit in few bits: the length in Elias' gamma code, then the gaps in Rice's code, whose parameter follows
 * from length and limit. A list of ids that lie anywhere takes half a bit per id more than the least possible.
 */
final class IdListWriter {
    private final int limit;
    private byte[] bytes = new byte[1024];
    private long bits;

    /**
     * Begins a sequence of lists.
     *
     * @param limit above the highest id
     */
    IdListWriter(int limit) {
        this.limit = limit;
    }

    /** Adds a list. */
    void add(int[] ids) {
        gamma(ids.length + 1);
        int low = IdListReader.lowBits(ids.length, limit);
        int next = 0;
        for (int id : ids) {
            if (id < next || id >= limit) {
                throw new IllegalArgumentException(
                        "ids must ascend and be below " + limit + ", but " + id + " comes where " + next + " may");
            }
            int gap = id - next;
            for (int i = gap >>> low; i > 0; i--) {
                bit(1);
            }
            bit(0);
            number(gap, low);
            next = id + 1;
        }
    }

    /** All lists so far, filled up to a byte with zeros. */
    byte[] bytes() {
        return Arrays.copyOf(bytes, (int) ((bits + 7) / 8));
    }

    private void gamma(int value) {
        int length = 31 - Integer.numberOfLeadingZeros(value);
        number(0, length);
        number(value, length + 1);
    }

    /** The lowest bits, the highest of them first. */
    private void number(int value, int count) {
        for (int i = count - 1; i >= 0; i--) {
            bit(value >>> i & 1);
        }
    }

    private void bit(int bit) {
        int at = (int) (bits >>> 3);
        if (at == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * at);
        }
        bytes[at] |= (byte) (bit << (7 - (bits & 7)));
        bits++;
    }
}
