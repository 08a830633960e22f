package dev.dragoman.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server in a process of its own, on a port that was free. */
public final class ServerProcess implements AutoCloseable {
    /** The line that the server writes when it is ready. */
    private static final Pattern READY = Pattern.compile(
            "Dragoman \\S+ serves (.*) at http://127\\.0\\.0\\.1:(\\d+) .*, its health and metrics at http://127\\.0\\.0\\.1:(\\d+) .*");

    /** Far more than a start takes, since the first one unpacks the engine's libraries, on a machine that may be busy. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final JsonMapper JSON = new JsonMapper();

    private final Process process;
    private final Thread reader;
    private final StringBuffer output = new StringBuffer();
    private final CompletableFuture<Ports> ports = new CompletableFuture<>();
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    /** Of translations, and of health and metrics. */
    private record Ports(int translations, int management) {}

    private ServerProcess(Process process) {
        this.process = process;
        reader = new Thread(this::read, "server-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the server with the default model and waits until it is ready. */
    public static ServerProcess start(String... properties) {
        ServerProcess server = launch(Repository.defaultModel().getParent(), properties);
        server.ports();
        return server;
    }

    /** Starts the server in a home directory without waiting for it; {@code properties} are written as {@code name=value}. */
    static ServerProcess launch(Path home, String... properties) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-jar",
                Repository.serverJar().toString(),
                "--server.port=0",
                "--management.server.port=0",
                "--dragoman.home=" + home));
        Arrays.stream(properties).map(property -> "--" + property).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // What Maven sets for its own JVM is no business of the server.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        try {
            return new ServerProcess(builder.start());
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                Matcher ready = READY.matcher(line);
                if (ready.find()) {
                    ports.complete(new Ports(Integer.parseInt(ready.group(2)), Integer.parseInt(ready.group(3))));
                }
            }
        } catch (IOException ended) {
            output.append(ended).append('\n');
        }
        ports.completeExceptionally(new IllegalStateException("The server ended without being ready:\n" + output));
    }

    private Ports ports() {
        try {
            return ports.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException notReady) {
            process.destroyForcibly();
            throw new IllegalStateException("The server is not ready. Its output:\n" + output, notReady);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Everything that the server has written so far. */
    String output() {
        return output.toString();
    }

    /** The address of a path; those of {@code /actuator} and {@code /admin} are on the management port. */
    URI uri(String path) {
        boolean isManagement = path.startsWith("/actuator") || path.startsWith("/admin");
        int port = isManagement ? ports().management() : ports().translations();
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** An answer of the server. */
    public record Answer(int status, String contentType, String body) {
        JsonNode json() {
            return JSON.readTree(body);
        }

        String translatedText() {
            return json().path("translatedText").asString();
        }
    }

    public Answer get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).GET()).join();
    }

    Answer delete(String path) {
        return send(HttpRequest.newBuilder(uri(path)).DELETE()).join();
    }

    Answer translate(String json) {
        return translateAsync(json).join();
    }

    CompletableFuture<Answer> translateAsync(String json) {
        return send(HttpRequest.newBuilder(uri("/translate"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    private CompletableFuture<Answer> send(HttpRequest.Builder request) {
        return client.sendAsync(request.timeout(PATIENCE).build(), BodyHandlers.ofString())
                .thenApply(ServerProcess::answer);
    }

    private static Answer answer(HttpResponse<String> response) {
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.body());
    }

    /** Sends SIGTERM, as an operator or Kubernetes does. By the handle: the process's own method closes the output that is read here. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for the end and returns the exit status. */
    int exitStatus() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("The server does not end. Its output:\n" + output);
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        terminate();
        exitStatus();
    }
}
