package dev.dragoman.training.data;

import java.util.Arrays;

/**
 * A set of 64-bit hashes, some 13 bytes each.
 *
 * <p>Confined to one thread, until nothing is added any more.
 */
public final class HashSet64 {
    /*
     * Open addressing with linear probing in a table at most five eighths full; the slot 0 means empty, so that one hash stands for
     * another number.
     */
    private long[] table = new long[1 << 10];
    private int size;

    /** Whether the hash is new; it is known from now on. */
    public boolean add(long hash) {
        if ((long) size * 8 >= (long) table.length * 5) {
            grow();
        }
        boolean added = put(table, filled(hash));
        size += added ? 1 : 0;
        return added;
    }

    /** Whether the hash was added. */
    public boolean contains(long hash) {
        long wanted = filled(hash);
        int at = (int) wanted & (table.length - 1);
        while (table[at] != 0) {
            if (table[at] == wanted) {
                return true;
            }
            at = (at + 1) & (table.length - 1);
        }
        return false;
    }

    private void grow() {
        long[] larger = new long[Math.multiplyExact(table.length, 2)];
        Arrays.stream(table).filter(hash -> hash != 0).forEach(hash -> put(larger, hash));
        table = larger;
    }

    private static boolean put(long[] into, long hash) {
        int at = (int) hash & (into.length - 1);
        while (into[at] != 0) {
            if (into[at] == hash) {
                return false;
            }
            at = (at + 1) & (into.length - 1);
        }
        into[at] = hash;
        return true;
    }

    private static long filled(long hash) {
        return hash == 0 ? 1 : hash;
    }
}
