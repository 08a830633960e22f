package dev.dragoman.benchmark;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a reader has to know of the machine, as Linux tells it; elsewhere some of it is unknown. */
final class Machine {
    private Machine() {}

    /** Processor, memory, versions, threads, load and date, a line each. */
    static List<String> describe(int threads, Rounds.Clock clock) {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "machine: %s, %d cores, %.1f GB of memory, %.1f GB available",
                        field("/proc/cpuinfo", "model name"),
                        Runtime.getRuntime().availableProcessors(),
                        memory("MemTotal") / 1e9,
                        memory("MemAvailable") / 1e9),
                "JVM: " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                "libtorch " + Engine.getEngine("PyTorch").getVersion() + ", DJL " + Engine.getDjlVersion()
                        + ", threads of libtorch: " + threads,
                "clock: " + (clock == Rounds.Clock.CPU ? "CPU time of the calling thread" : "wall"),
                "load average: " + loadAverage() + ", date: " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    /** Over one, five and fifteen minutes. */
    static String loadAverage() {
        Path file = Path.of("/proc/loadavg");
        if (!Files.isReadable(file)) {
            return "unknown";
        }
        String[] words = read(file).split(" ");
        return words[0] + " " + words[1] + " " + words[2];
    }

    /** Bytes that can be asked for without another process losing what it uses; without end where Linux does not tell. */
    static double availableMemory() {
        double available = memory("MemAvailable");
        return Double.isNaN(available) ? Double.POSITIVE_INFINITY : available;
    }

    private static double memory(String name) {
        return bytes(field("/proc/meminfo", name));
    }

    /** Bytes from {@code 12 kB}; not a number where Linux does not tell. */
    static double bytes(String value) {
        return value.endsWith(" kB") ? 1024.0 * Long.parseLong(value.substring(0, value.length() - 3)) : Double.NaN;
    }

    /** The value of the first line {@code NAME : VALUE}. */
    static String field(String file, String name) {
        if (!Files.isReadable(Path.of(file))) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
