package dev.dragoman.app.configuration;

/** How much memory the detection of languages may take. */
public enum DetectionAccuracy {
    /** {@link #HIGH} where the heap may grow to 768 MB or more, otherwise {@link #LOW}. */
    AUTO,
    /** N-grams of one to five letters: 200 MB of heap with seven languages in Latin script. */
    HIGH,
    /** Trigrams: 12 MB. */
    LOW;

    private static final long LARGE_HEAP_BYTES = 768L << 20;

    /** Whether this machine gets by with trigrams. */
    public boolean isTrigramsOnly() {
        return this == LOW || (this == AUTO && Runtime.getRuntime().maxMemory() < LARGE_HEAP_BYTES);
    }
}
