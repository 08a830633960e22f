package dev.dragoman.model.cpu;

import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What cores of this processor can do at best, by the instructions that the kernels use: for benchmarks.
 *
 * @param operations products of 8 bits per second, a multiply-add counted as two
 * @param vectorOperations likewise by vectors alone, where the kernels multiply many rows by tiles
 * @param streamed bytes per second of a plain stream over more than caches hold
 * @param repeated bytes per second of a stream over a given number of bytes again and again, some of which caches keep
 */
public record CpuCeilings(double operations, double vectorOperations, double streamed, double repeated) {
    private static final String TILES = "amx";
    /** The variant that differs from that of tiles in nothing else. */
    private static final String VECTORS = "avx512";

    private static final long MORE_THAN_CACHES = 1L << 30;

    /**
     * Measures for some seconds, by the CPU time of each thread.
     *
     * @param variant as of {@code dragoman.cpu-kernels}
     * @param bytes of the repeated stream, of all threads together
     * @param threads that work at the same time; their rates are added up
     * @throws IllegalStateException if the variant is not there
     */
    public static CpuCeilings measure(String variant, long bytes, int threads) {
        String name = CpuKernels.variant(variant)
                .orElseThrow(() -> new IllegalStateException("there is no native library: build it with cmake"));
        double operations = together(threads, () -> CpuKernels.peakOperations(name));
        return new CpuCeilings(
                operations,
                name.equals(TILES) ? together(threads, () -> CpuKernels.peakOperations(VECTORS)) : operations,
                together(threads, () -> CpuKernels.readRate(name, MORE_THAN_CACHES / threads)),
                together(threads, () -> CpuKernels.readRate(name, bytes / threads)));
    }

    private static double together(int threads, Callable<Double> rate) {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            double sum = 0;
            for (Future<Double> one : workers.invokeAll(Collections.nCopies(threads, rate))) {
                sum += one.get();
            }
            return sum;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the measurement was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the measurement failed", e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }
}
