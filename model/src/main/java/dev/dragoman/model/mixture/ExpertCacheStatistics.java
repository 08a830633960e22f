package dev.dragoman.model.mixture;

/**
 * What a cache of experts on a device has done since the model was opened. An expert that a batch chose is looked up once, however many
 * rows chose it.
 *
 * @param hits experts that were there
 * @param misses experts that were copied to the device
 * @param evictions experts that gave way to others, or that the cache did not admit
 * @param residentBytes what experts take on the device now
 * @param limitBytes what the cache may keep there; those in use beyond it take at most a quarter of that, or one expert
 */
public record ExpertCacheStatistics(long hits, long misses, long evictions, long residentBytes, long limitBytes) {
    /** Share of hits, {@code [0, 1]}; 0 before the first lookup. */
    public double hitRate() {
        long lookups = hits + misses;
        return lookups == 0 ? 0 : (double) hits / lookups;
    }
}
