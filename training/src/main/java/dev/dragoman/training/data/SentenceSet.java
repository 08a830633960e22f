package dev.dragoman.training.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which sentences have been met, by 64-bit hashes: some 13 bytes a sentence. Among 100 million sentences the odds that any two
 * different ones are taken for equal are 1 to 3,600.
 *
 * <p>Confined to one thread.
 */
public final class SentenceSet {
    /*
     * Open addressing with linear probing in a table at most five eighths full; the slot 0 means empty, so that one hash has
     * another number.
     */
    private long[] table = new long[1 << 10];
    private int size;

    /** Whether the sentence is new; it is known from now on. */
    public boolean add(String sentence) {
        if ((long) size * 8 >= (long) table.length * 5) {
            grow();
        }
        boolean added = put(table, hash(sentence));
        size += added ? 1 : 0;
        return added;
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

    /** FNV-1a over UTF-8, then the finaliser of MurmurHash3, since the low bits choose the slot. */
    private static long hash(String sentence) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : sentence.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }
}
