package dev.dragoman.model.mixture;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.lang.management.MemoryUsage;
import java.util.OptionalLong;

/**
 * How much memory of the device experts may take in serving, above what is in use at the moment.
 *
 * @param cacheBytes limit of a cache of experts on the device, also where that is the processor; if absent, experts are used where they
 *     are mapped on the processor, and may have {@value #GPU_PERCENT} % of a GPU's free memory
 */
public record ExpertMemory(OptionalLong cacheBytes) {
    /** Bytes for the cache of each model; absent if not set. */
    public static final String PROPERTY = "dragoman.expert-cache-bytes";

    static final int GPU_PERCENT = 60;

    public ExpertMemory {
        if (cacheBytes.isPresent() && cacheBytes.getAsLong() < 1) {
            throw new IllegalArgumentException("cacheBytes must be at least 1, but is " + cacheBytes.getAsLong());
        }
    }

    /** A limit of so many bytes, at least 1; what is smaller than one expert keeps none. */
    public static ExpertMemory ofBytes(long bytes) {
        return new ExpertMemory(OptionalLong.of(bytes));
    }

    /**
     * What the system property {@value #PROPERTY} says.
     *
     * @throws IllegalArgumentException if it is set, but not to a whole number of at least 1
     */
    public static ExpertMemory configured() {
        String value = System.getProperty(PROPERTY, "");
        if (value.isEmpty()) {
            return new ExpertMemory(OptionalLong.empty());
        }
        if (!value.matches("[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException(PROPERTY + " must be a number of bytes, at least 1, but is " + value);
        }
        return ofBytes(Long.parseLong(value));
    }

    /** The cache's limit on a device; absent if there is to be none. */
    OptionalLong limit(Device device) {
        if (cacheBytes.isPresent() || !device.isGpu()) {
            return cacheBytes;
        }
        MemoryUsage memory = CudaUtils.getGpuMemory(device);
        return OptionalLong.of(Math.max(1, (memory.getMax() - memory.getCommitted()) / 100 * GPU_PERCENT));
    }
}
