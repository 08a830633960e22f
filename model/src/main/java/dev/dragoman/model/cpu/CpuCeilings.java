package dev.dragoman.model.cpu;

/**
 * What one core of this processor can do at best, by the instructions that the kernels use: for benchmarks.
 *
 * @param operations products of 8 bits per second, a multiply-add counted as two
 * @param streamed bytes per second of a plain stream over more than caches hold
 * @param repeated bytes per second of a stream over a given number of bytes again and again, some of which caches keep
 */
public record CpuCeilings(double operations, double streamed, double repeated) {
    private static final long MORE_THAN_CACHES = 1L << 30;

    /**
     * Measures for some seconds, by the CPU time of the calling thread.
     *
     * @param variant as of {@code dragoman.cpu-kernels}
     * @param bytes of the repeated stream
     * @throws IllegalStateException if the variant is not there
     */
    public static CpuCeilings measure(String variant, long bytes) {
        String name = CpuKernels.variant(variant)
                .orElseThrow(() -> new IllegalStateException("there is no native library: build it with cmake"));
        return new CpuCeilings(
                CpuKernels.peakOperations(name),
                CpuKernels.readRate(name, MORE_THAN_CACHES),
                CpuKernels.readRate(name, bytes));
    }
}
