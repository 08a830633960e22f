package dev.dragoman.benchmark;

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
        return new ResidentMemory(
                field(process, "VmHWM"), field(process, "VmRSS"), field(process, "RssAnon"), field(process, "RssFile"));
    }

    private static double field(String process, String name) {
        return Machine.bytes(Machine.field("/proc/" + process + "/status", name + ":"));
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
