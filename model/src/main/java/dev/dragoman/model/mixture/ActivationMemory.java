package dev.dragoman.model.mixture;

/**
 * How much of what experts compute training keeps from the way forward to the way back.
 *
 * @param bytes of a layer's hidden activations, at least 0; a batch that has more of them has all computed again (Shazeer et al. 2017,
 *     appendix D), which is one product in seven
 */
public record ActivationMemory(long bytes) {
    /** Bytes for each layer. */
    public static final String PROPERTY = "dragoman.expert-activation-bytes";

    /** Next to nothing beside a network whose batches are large enough to fill it. */
    static final long DEFAULT_BYTES = 256L << 20;

    public ActivationMemory {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must be at least 0, but is " + bytes);
        }
    }

    /**
     * What the system property {@value #PROPERTY} says, 256 MiB if it is not set.
     *
     * @throws IllegalArgumentException if it is set, but not to a whole number
     */
    public static ActivationMemory configured() {
        String value = System.getProperty(PROPERTY, String.valueOf(DEFAULT_BYTES));
        if (!value.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException(PROPERTY + " must be a number of bytes, at least 0, but is " + value);
        }
        return new ActivationMemory(Long.parseLong(value));
    }

    /** Whether so many slots of {@code hidden} numbers may be kept. */
    boolean holds(long slots, long hidden, int bytesPerNumber) {
        return slots * hidden * bytesPerNumber <= bytes;
    }
}
