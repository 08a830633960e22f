package dev.dragoman.training.evaluation;

/**
 * The random numbers of NumPy's {@code default_rng(seed)}: PCG64, the generator PCG XSL RR 128/64 (O'Neill 2014), which NumPy seeds
 * through its {@code SeedSequence}. With it a bootstrap draws the samples that sacreBLEU draws.
 *
 * <p>Confined to one thread.
 */
final class Pcg64 {
    private static final long MULTIPLIER_HIGH = 0x2360ED051FC65DA4L;
    private static final long MULTIPLIER_LOW = 0x4385DF649FCCF645L;
    private static final long LOW_32_BITS = 0xFFFFFFFFL;

    private final long incrementHigh;
    private final long incrementLow;
    private long high;
    private long low;
    private boolean hasHalf;
    private long half;

    /** Seeds the generator with a number that is not negative. */
    Pcg64(long seed) {
        long[] words = SeedSequence.generate(seed);
        incrementHigh = words[2] << 1 | words[3] >>> 63;
        incrementLow = words[3] << 1 | 1;
        step();
        add(words[0], words[1]);
        step();
    }

    /** state = state · multiplier + increment, modulo 2^128. */
    private void step() {
        long productHigh = multiplyHigh(low, MULTIPLIER_LOW) + high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH;
        low *= MULTIPLIER_LOW;
        high = productHigh;
        add(incrementHigh, incrementLow);
    }

    private void add(long otherHigh, long otherLow) {
        low += otherLow;
        high += otherHigh + (Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0);
    }

    /** The upper half of an unsigned product, for which Java has a method from 18 on. */
    private static long multiplyHigh(long a, long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    private long next64() {
        step();
        return Long.rotateRight(high ^ low, (int) (high >>> 58));
    }

    /** Of each number of 64 bits the lower half comes first. */
    private long next32() {
        if (hasHalf) {
            hasHalf = false;
            return half;
        }
        long next = next64();
        half = next >>> 32;
        hasHalf = true;
        return next & LOW_32_BITS;
    }

    /**
     * The next number below a bound, all alike likely (Lemire 2019).
     *
     * @param bound at least 1; with 1 nothing is drawn
     */
    int below(int bound) {
        if (bound == 1) {
            return 0;
        }
        long product = next32() * bound;
        if ((product & LOW_32_BITS) < bound) {
            long threshold = (LOW_32_BITS + 1 - bound) % bound;
            while ((product & LOW_32_BITS) < threshold) {
                product = next32() * bound;
            }
        }
        return (int) (product >>> 32);
    }
}
