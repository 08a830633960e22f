package dev.dragoman.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Clients that are killed while they are answered or wait: nothing of them is left in the server. */
@EnabledOnOs(OS.LINUX)
class KilledClientsIT {
    private static final int STREAMS = 100;
    private static final int OTHERS = 100;
    private static final int SENTENCES = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What is zero in a server without work. */
    private static final List<String> ZERO =
            List.of("translation.queue.tokens", "translation.queue.sentences", "translation.queue.held");

    @Test
    void kill_twoHundredInMidResponse() throws Exception {
        // A queue that all streams fit in and not all of the others, which then are held for as long as they live.
        try (ServerProcess server = ServerProcess.start(
                "dragoman.queue.tokens=36000", "dragoman.queue.hold=10s", "dragoman.cache.size=0")) {
            warmUp(server);
            Map<String, Double> before = resources(server);
            List<Socket> clients = new ArrayList<>();
            for (int client = 0; client < STREAMS; client++) {
                clients.add(send(server.uri("/translate"), client, "application/x-ndjson"));
            }
            for (Socket stream : clients) {
                // The status line and more: it is being answered.
                assertThat(stream.getInputStream().readNBytes(100)).hasSize(100);
            }
            for (int client = STREAMS; client < STREAMS + OTHERS; client++) {
                clients.add(send(server.uri("/translate"), client, "application/json"));
            }
            await(() -> metric(server, "translation.queue.held") > 0, "a request that is held");
            assertThat(metric(server, "translation.queue.tokens")).isPositive();

            for (Socket client : clients) {
                // A reset, as of a process that was killed with answers unread.
                client.setSoLinger(true, 0);
                client.close();
            }
            await(() -> ZERO.stream().allMatch(name -> metric(server, name) == 0), "an empty queue");
            assertThat(metric(server, "translation.cancellations?tag=reason:client-gone"))
                    .isGreaterThan(STREAMS + OTHERS);
            awaitRest(server);
            await(() -> isBack(before, resources(server)), "as many threads and open files as before, " + before);
            assertThat(server.translate(body("Open the file.")).status()).isEqualTo(200);
            awaitUnloaded(server);
        }
    }

    /** Threads and connections of a server that has been used: pools have grown to their size. */
    private static void warmUp(ServerProcess server) {
        IntStream.range(0, STREAMS + OTHERS)
                .mapToObj(i -> server.translateAsync(body("Open file number " + i + ".")))
                .toList()
                .forEach(answer -> assertThat(answer.join().status()).isEqualTo(200));
    }

    private static String body(String text) {
        return "{\"q\":\"" + text + "\",\"source\":\"en\",\"target\":\"fr\"}";
    }

    private static Socket send(URI uri, int client, String accept) throws IOException {
        String text = IntStream.range(0, SENTENCES)
                .mapToObj(i -> "Step " + i + " opens the file of user number " + client + ".")
                .collect(Collectors.joining(" "));
        String body = body(text);
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream()
                .write(("POST /translate HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept
                                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static double metric(ServerProcess server, String name) {
        return server.get("/actuator/metrics/" + name)
                .json()
                .at("/measurements/0/value")
                .asDouble();
    }

    /** Decoders rest when they make no more steps. */
    private static void awaitRest(ServerProcess server) throws InterruptedException {
        double[] steps = {-1};
        await(
                () -> {
                    double last = steps[0];
                    steps[0] = metric(server, "translation.step.time");
                    return steps[0] == last;
                },
                "decoders at rest");
    }

    /** A model is closed when the last request that may use it has ended: that it is closed shows that all of them have. */
    private static void awaitUnloaded(ServerProcess server) throws InterruptedException {
        assertThat(server.delete("/admin/models/pretrained").status()).isEqualTo(202);
        await(
                () -> !server.get("/admin/models")
                        .json()
                        .findValuesAsString("state")
                        .contains("draining"),
                "a model that is closed");
    }

    private static Map<String, Double> resources(ServerProcess server) {
        Map<String, Double> resources = new TreeMap<>();
        resources.put("threads", metric(server, "jvm.threads.live"));
        resources.put("open files", metric(server, "process.files.open"));
        return resources;
    }

    /** Pools may end threads meanwhile, or start the last few that they may have. */
    private static boolean isBack(Map<String, Double> before, Map<String, Double> after) {
        return after.entrySet().stream().allMatch(entry -> entry.getValue() <= before.get(entry.getKey()) + 5);
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition, String what) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("%s within %s", what, PATIENCE).isLessThan(end);
            Thread.sleep(200);
        }
    }
}
