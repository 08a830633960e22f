package dev.dragoman.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server to be measured, in a process of its own; the owner closes it, which ends the process. */
final class BenchedServer implements AutoCloseable {
    /** What the server writes when it is ready, and what {@link NettyEcho} does. */
    private static final Pattern READY = Pattern.compile("at http://127\\.0\\.0\\.1:(\\d+)");

    /** The first start of all unpacks the engine's libraries. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final int LAST_LINES = 20;

    private final Process process;
    private final List<String> output = new ArrayList<>();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    private BenchedServer(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // What ./dragoman bench sets for the training of layers; ./dragoman serve sets its own.
        builder.environment()
                .keySet()
                .removeAll(List.of(
                        "MALLOC_ARENA_MAX",
                        "MALLOC_MMAP_THRESHOLD_",
                        "MALLOC_TRIM_THRESHOLD_",
                        "MALLOC_TOP_PAD_",
                        "GLIBC_TUNABLES",
                        "ONEDNN_PRIMITIVE_CACHE_CAPACITY"));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread reader = new Thread(this::read, "server-output");
        reader.setDaemon(true);
        reader.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        await();
    }

    /** Starts the server as operators do, by {@code ./dragoman serve}; {@code properties} are written as {@code name=value}. */
    static BenchedServer dragoman(List<String> properties) {
        List<String> command =
                new ArrayList<>(List.of(home().resolve("dragoman").toString(), "serve"));
        command.addAll(ports());
        properties.forEach(property -> command.add("--" + property));
        return new BenchedServer(command);
    }

    /** Starts the server with a model that returns what it is given, which the tests of the server bring. */
    static BenchedServer dragomanWithEcho(List<String> jvmOptions) {
        Path target = home().resolve("app/target");
        Path classes = target.resolve("test-classes");
        if (!Files.isDirectory(classes)) {
            throw new BenchmarkException("there is no " + classes
                    + ", where the model is that echoes; ./mvnw -DskipTests package builds it");
        }
        List<String> command = new ArrayList<>(List.of(java(), "-XX:MaxRAMPercentage=25"));
        command.addAll(jvmOptions);
        command.addAll(List.of(
                "-Dloader.path=" + classes,
                "-Dloader.main=dev.dragoman.app.fixture.EchoServer",
                "-cp",
                jar(target).toString(),
                "org.springframework.boot.loader.launch.PropertiesLauncher"));
        command.addAll(ports());
        return new BenchedServer(command);
    }

    /** Starts the bare server that others are compared with, with {@link NettyEcho}'s arguments. */
    static BenchedServer netty(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(java(), "-cp", System.getProperty("java.class.path"), NettyEcho.class.getName()));
        command.addAll(List.of(arguments));
        return new BenchedServer(command);
    }

    private static List<String> ports() {
        return List.of("--server.port=0", "--management.server.port=0");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Path home() {
        return Path.of(System.getProperty("dragoman.home", ".")).toAbsolutePath();
    }

    private static Path jar(Path target) {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().matches("dragoman-app-.*\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new BenchmarkException("there is no server's jar in " + target));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.add(line);
                }
                Matcher ready = READY.matcher(line);
                if (ready.find()) {
                    port.complete(Integer.parseInt(ready.group(1)));
                }
            }
        } catch (IOException ended) {
            port.completeExceptionally(ended);
        }
        port.completeExceptionally(new IllegalStateException("ended"));
    }

    private void await() {
        try {
            port.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException notReady) {
            process.destroyForcibly();
            throw new BenchmarkException("the server is not ready; the last it wrote was:\n" + lastLines());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** The end of what it has written: faults are there. */
    String lastLines() {
        synchronized (output) {
            return String.join("\n", output.subList(Math.max(0, output.size() - LAST_LINES), output.size()));
        }
    }

    /** Lines that it has logged as errors or warnings. */
    List<String> complaints() {
        synchronized (output) {
            return output.stream()
                    .filter(line -> line.contains(" ERROR ") || line.contains(" WARN "))
                    .toList();
        }
    }

    int port() {
        return port.join();
    }

    long pid() {
        return process.pid();
    }

    /** Processor time since its start, in seconds, of all its threads; steps of a hundredth of a second on Linux. */
    double cpuSeconds() {
        return process.info()
                .totalCpuDuration()
                .map(duration -> duration.toNanos() * 1e-9)
                .orElseThrow(() -> new BenchmarkException("this system does not tell a process's processor time"));
    }

    /** Bytes in memory, files that are mapped included; not a number where the system does not tell. */
    double residentBytes() {
        return Machine.bytes(Machine.field("/proc/" + pid() + "/status", "VmRSS"));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(70, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "process " + pid() + Arrays.toString(process.info().arguments().orElse(new String[0]));
    }
}
