package dev.dragoman.training.evaluation;

/**
 * NumPy's {@code SeedSequence}: spreads a seed over the whole state of a generator, so that similar seeds start far apart. All of its
 * arithmetic is modulo 2^32.
 */
final class SeedSequence {
    private static final int POOL = 4;

    private SeedSequence() {}

    /** The first four numbers of 64 bits for a seed that is not negative. */
    static long[] generate(long seed) {
        int[] pool = pool(seed);
        int[] words = new int[2 * POOL];
        int hash = 0x8B51F9DD;
        for (int i = 0; i < words.length; i++) {
            int word = pool[i % POOL] ^ hash;
            hash *= 0x58F38DED;
            word *= hash;
            words[i] = word ^ word >>> 16;
        }
        long[] result = new long[POOL];
        for (int i = 0; i < POOL; i++) {
            result[i] = Integer.toUnsignedLong(words[2 * i]) | (long) words[2 * i + 1] << 32;
        }
        return result;
    }

    private static int[] pool(long seed) {
        Hash hash = new Hash();
        // A seed of two words at most; the others are 0.
        int[] pool = {hash.of((int) seed), hash.of((int) (seed >>> 32)), hash.of(0), hash.of(0)};
        for (int source = 0; source < POOL; source++) {
            for (int i = 0; i < POOL; i++) {
                if (i != source) {
                    pool[i] = mix(pool[i], hash.of(pool[source]));
                }
            }
        }
        return pool;
    }

    private static int mix(int x, int y) {
        int mixed = 0xCA01F9DD * x - 0x4973F715 * y;
        return mixed ^ mixed >>> 16;
    }

    /** A hash that is another one at every call. */
    private static final class Hash {
        private int constant = 0x43B0D7E5;

        int of(int value) {
            int hashed = value ^ constant;
            constant *= 0x931E8875;
            hashed *= constant;
            return hashed ^ hashed >>> 16;
        }
    }
}
