package dev.dragoman.app.observability;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the kernel says this process has in memory, the heap and everything outside it: tensors, mapped weights, the JVM itself. On Linux;
 * elsewhere there are no such meters.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><td>{@code process.memory.resident}</td><td>gauge: all that is in memory</td></tr>
 * <tr><td>{@code process.memory.resident.max}</td><td>gauge: the most that it has been</td></tr>
 * <tr><td>{@code process.memory.anonymous}</td><td>gauge: of it, what no file backs: the heap, tensors, stacks</td></tr>
 * <tr><td>{@code process.memory.mapped}</td><td>gauge: of it, pages of files: weights, libraries, jars; the kernel may take them back</td></tr>
 * </table>
 */
final class ProcessMemory implements MeterBinder {
    private final Path status;

    /** @param status {@code /proc/self/status}, whether or not it exists */
    ProcessMemory(Path status) {
        this.status = status;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (!Files.isReadable(status)) {
            return;
        }
        gauge(registry, "process.memory.resident", "VmRSS");
        gauge(registry, "process.memory.resident.max", "VmHWM");
        gauge(registry, "process.memory.anonymous", "RssAnon");
        gauge(registry, "process.memory.mapped", "RssFile");
    }

    private void gauge(MeterRegistry registry, String name, String field) {
        Gauge.builder(name, () -> bytes(field)).baseUnit("bytes").register(registry);
    }

    /** The value of a field in bytes; not a number if it cannot be read. The kernel writes {@code VmRSS:   12345 kB}. */
    double bytes(String field) {
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .map(line -> line.substring(field.length() + 1)
                            .strip()
                            .toLowerCase(Locale.ROOT)
                            .split("\\s+"))
                    .filter(words -> words.length == 2 && words[1].equals("kb"))
                    .mapToDouble(words -> 1024.0 * Long.parseLong(words[0]))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException | NumberFormatException unreadable) {
            return Double.NaN;
        }
    }
}
