import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sentences per second of a running server at one and at 32 clients, each of which sends one sentence and waits for its translation.
 * Every sentence is sent once only, so that the cache answers nothing.
 *
 * <p>Run: {@code java benchmark/ServerBaseline.java URL SOURCES TARGET [SERVER_PID]}, where SOURCES is a text file of one source sentence
 * a line (or TSV, whose first column is taken) and TARGET a language code. With the server's process number its resident memory is
 * printed too (Linux).
 */
public final class ServerBaseline {
    private static final int WARM_UP = 40;

    private ServerBaseline() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 3) {
            System.err.println("usage: java benchmark/ServerBaseline.java URL SOURCES TARGET [SERVER_PID]");
            System.exit(2);
        }
        URI translate = URI.create(arguments[0]).resolve("/translate");
        List<String> sentences = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[1]))) {
            sentences.add(line.split("\t", 2)[0]);
        }
        AtomicInteger next = new AtomicInteger();
        measure(translate, sentences, next, arguments[2], 1, WARM_UP, false);
        measure(translate, sentences, next, arguments[2], 1, 150, true);
        measure(translate, sentences, next, arguments[2], 32, 1200, true);
        if (arguments.length > 3) {
            for (String line : Files.readAllLines(Path.of("/proc", arguments[3], "status"))) {
                if (line.startsWith("VmRSS") || line.startsWith("VmHWM")) {
                    System.out.println(line.replaceAll("\\s+", " "));
                }
            }
        }
    }

    private static void measure(
            URI translate, List<String> sentences, AtomicInteger next, String target, int clients, int count, boolean print)
            throws Exception {
        int from = next.get();
        int to = Math.min(sentences.size(), from + count);
        HttpClient http = HttpClient.newHttpClient();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        long[] nanos = new long[to - from];
        long begin = System.nanoTime();
        List<Future<?>> running = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            running.add(threads.submit(() -> {
                for (int i = next.getAndIncrement(); i < to; i = next.getAndIncrement()) {
                    long sent = System.nanoTime();
                    translate(http, translate, sentences.get(i), target);
                    nanos[i - from] = System.nanoTime() - sent;
                }
                return null;
            }));
        }
        try {
            for (Future<?> one : running) {
                one.get();
            }
        } catch (java.util.concurrent.ExecutionException e) {
            // Its threads would keep the process going.
            threads.shutdownNow();
            throw e;
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        threads.shutdown();
        next.set(to);
        if (print) {
            Arrays.sort(nanos);
            System.out.printf(
                    Locale.ROOT,
                    "%2d clients: %d sentences in %.1f s, %.1f sentences/s, p50 %.0f ms, p99 %.0f ms%n",
                    clients,
                    nanos.length,
                    seconds,
                    nanos.length / seconds,
                    nanos[nanos.length / 2] / 1e6,
                    nanos[nanos.length * 99 / 100] / 1e6);
        }
    }

    private static void translate(HttpClient http, URI translate, String sentence, String target)
            throws IOException, InterruptedException {
        String body = "{\"q\":" + quote(sentence) + ",\"source\":\"en\",\"target\":\"" + target + "\"}";
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(translate)
                        .header("Content-Type", "application/json")
                        .timeout(Duration.ofMinutes(2))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode() + ": " + response.body());
        }
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
