package dev.dragoman.model.checkpoint;

/** Reads what {@link IdListWriter} wrote. */
final class IdListReader {
    private final byte[] bytes;
    private final int limit;
    private long bits;

    /**
     * Reads from the first list on.
     *
     * @param limit above the highest id
     */
    IdListReader(byte[] bytes, int limit) {
        this.bytes = bytes;
        this.limit = limit;
    }

    /**
     * The next list, ascending.
     *
     * @throws IllegalArgumentException if there is none: the bytes end before it does, or it leads beyond the limit
     */
    int[] next() {
        int length = gamma() - 1;
        if (length > limit) {
            throw new IllegalArgumentException("a list has " + length + " of " + limit + " ids");
        }
        int low = lowBits(length, limit);
        int[] ids = new int[length];
        int next = 0;
        for (int i = 0; i < length; i++) {
            long high = 0;
            while (bit() == 1) {
                high++;
            }
            long id = next + (high << low) + number(low);
            if (id >= limit) {
                throw new IllegalArgumentException("id " + id + " is outside the vocabulary of " + limit + " pieces");
            }
            ids[i] = (int) id;
            next = ids[i] + 1;
        }
        return ids;
    }

    /** Whether nothing is left but the bits that fill up the last byte. */
    boolean isAtEnd() {
        return (bits + 7) / 8 == bytes.length;
    }

    /** How many low bits of a gap are written as they are: those of about 0.7 times the mean gap, which is the best for ids that lie anywhere. */
    static int lowBits(int length, int limit) {
        long typical = length == 0 ? 0 : 7L * limit / (10L * length);
        return typical < 1 ? 0 : 63 - Long.numberOfLeadingZeros(typical);
    }

    private int gamma() {
        int length = 0;
        while (bit() == 0) {
            length++;
            if (length > 30) {
                throw new IllegalArgumentException("the length of a list has more than 30 bits");
            }
        }
        return 1 << length | number(length);
    }

    private int number(int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 1 | bit();
        }
        return value;
    }

    private int bit() {
        if (bits >>> 3 >= bytes.length) {
            throw new IllegalArgumentException("a list is cut short");
        }
        int bit = bytes[(int) (bits >>> 3)] >>> (7 - (bits & 7)) & 1;
        bits++;
        return bit;
    }
}
