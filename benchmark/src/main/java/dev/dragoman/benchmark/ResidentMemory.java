package dev.dragoman.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Bytes of a process in memory, as Linux counts them; not numbers elsewhere.
 *
 * @param peak the most there ever were
 * @param now at present
 * @param anonymous what is no file's, of those at present
 * @param file pages of files that are mapped: weights, libraries, of those at present
 */
record ResidentMemory(double peak, double now, double anonymous, double file) {
    /** That of a process, by its number or {@code self}. */
    static ResidentMemory of(String process) {
        Path file = Path.of("/proc", process, "status");
        try {
            // At once, so that the figures belong together.
            List<String> lines = Files.isReadable(file) ? Files.readAllLines(file) : List.of();
            return new ResidentMemory(
                    field(lines, "VmHWM:"), field(lines, "VmRSS:"), field(lines, "RssAnon:"), field(lines, "RssFile:"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double field(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Machine.bytes(line.substring(name.length()).strip()))
                .findFirst()
                .orElse(Double.NaN);
    }

    /** What a process may take that serves so many bytes of weights: a fifth more than these, and 300 MB. */
    static double bound(double weights) {
        return 1.2 * weights + 300e6;
    }

    /** In millions. */
    static String megabytes(double bytes) {
        return Figures.of(1e-6 * bytes);
    }
}
