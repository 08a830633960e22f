package dev.dragoman.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessMemoryTest {
    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void bindTo_readsWhatTheKernelWrites() throws IOException {
        new ProcessMemory(
                        Files.writeString(
                                directory.resolve("status"),
                                "Name:\tjava\nVmHWM:\t     300 kB\nVmRSS:\t     200 kB\nRssAnon:\t      150 kB\nRssFile:\t       50 kB\n"))
                .bindTo(registry);
        assertThat(value("resident")).isEqualTo(200 * 1024);
        assertThat(value("resident.max")).isEqualTo(300 * 1024);
        assertThat(value("anonymous")).isEqualTo(150 * 1024);
        assertThat(value("mapped")).isEqualTo(50 * 1024);
    }

    @Test
    void bytes_ofWhatIsNotThere() throws IOException {
        ProcessMemory memory = new ProcessMemory(Files.writeString(directory.resolve("status"), "VmRSS: many\n"));
        assertThat(memory.bytes("VmRSS")).isNaN();
        assertThat(memory.bytes("VmHWM")).isNaN();
        assertThat(new ProcessMemory(directory.resolve("none")).bytes("VmRSS")).isNaN();
    }

    @Test
    void bindTo_withoutTheFileMakesNoMeters() {
        new ProcessMemory(directory.resolve("none")).bindTo(registry);
        assertThat(registry.getMeters()).isEmpty();
    }

    private double value(String name) {
        return registry.get("process.memory." + name).gauge().value();
    }
}
