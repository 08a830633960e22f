package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server with more work than it promises to do. */
class OverloadIT {
    private static final int UNENDING = Integer.MAX_VALUE;

    private final FakeTranslator translator = new FakeTranslator("v1", TestServer.EN_FR);

    @AfterEach
    void letGo() {
        translator.letAllGo();
    }

    @Test
    void translate_beyondTheQueueIsRefusedAfterAMoment() {
        try (TestServer server = TestServer.start(
                translator, "dragoman.queue.tokens=20", "dragoman.queue.hold=100ms", "dragoman.batch.workers=1")) {
            translator.forget();
            translator.hold();
            CompletableFuture<Answer> running = server.postJsonAsync(request("Running."));
            translator.awaitBatch();
            CompletableFuture<Answer> waiting =
                    server.postJsonAsync(request("w ".repeat(20).strip()));
            awaitQueue(server, 20);

            Answer refused = server.postJson(request("Refused."));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1, 60);
            assertThat(refused.json().get("error").stringValue()).startsWith("Slowdown: ");
            assertThat(server.get("/livez").status()).isEqualTo(200);
            assertThat(server.get("/readyz").status()).isEqualTo(200);

            Answer refusedStream = server.send(HttpRequest.newBuilder(server.uri("/translate"))
                    .header("Content-Type", "application/json")
                    .header("Accept", "application/x-ndjson")
                    .POST(BodyPublishers.ofString(request("Refused."))));
            assertThat(refusedStream.status()).isEqualTo(429);

            // Held, and admitted when there is room.
            CompletableFuture<Answer> held = server.postJsonAsync(request("Held."));
            translator.letAllGo();
            assertThat(held.join().status()).isEqualTo(200);
            assertThat(running.join().status()).isEqualTo(200);
            assertThat(waiting.join().status()).isEqualTo(200);
            assertThat(server.postJson(request("Refused.")).status()).isEqualTo(200);
        }
    }

    @Test
    void translate_moreWaitingRequestsThanServerThreads() {
        try (TestServer server = TestServer.start(translator, "server.tomcat.threads.max=4")) {
            translator.forget();
            translator.hold();
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                answers.add(server.postJsonAsync(request("Sentence " + i)));
            }
            translator.awaitBatch();
            // A waiting request holds no thread, so the server still answers others.
            assertThat(server.get("/health").status()).isEqualTo(200);
            translator.letAllGo();
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
        }
    }

    @Test
    void translate_pastTheDeadline() {
        try (TestServer server = TestServer.start(translator, "dragoman.translation.deadline=200ms")) {
            translator.hold();
            Answer late = server.postJson(request("Late."));
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.json().get("type").stringValue()).isEqualTo("urn:dragoman:problem:deadline-passed");
            translator.letAllGo();
        }
    }

    @Test
    void translate_pastTheClientsOwnDeadline() {
        try (TestServer server = TestServer.start(translator)) {
            translator.hold();
            Answer late = server.send(HttpRequest.newBuilder(server.uri("/translate"))
                    .header("Content-Type", "application/json")
                    .header("X-Request-Timeout", "150ms")
                    .POST(BodyPublishers.ofString(request("Late."))));
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.json().get("error").stringValue()).contains("150 milliseconds");
            translator.letAllGo();
        }
    }

    /** A client that closes its connection is given up, in the middle of a translation, and whoever waits behind goes on. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void hangUp_givesTheRowsBack() throws IOException {
        try (TestServer server =
                TestServer.start(translator, "dragoman.batch.sentences=1", "dragoman.batch.workers=1")) {
            translator.forget();
            translator.takeSteps(UNENDING);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                String body = request("Endless.");
                client.getOutputStream()
                        .write(("POST /translate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                                .getBytes(StandardCharsets.ISO_8859_1));
                client.getOutputStream().flush();
                translator.awaitBatch();
                translator.takeSteps(1);
            }
            assertThat(server.postJson(request("Next.")).status()).isEqualTo(200);
            assertThat(server.get("/actuator/metrics/translation.cancellations?tag=reason:client-gone")
                            .json()
                            .at("/measurements/0/value")
                            .intValue())
                    .isEqualTo(1);
        }
    }

    /** The same of a stream, whose client has read the beginning. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void hangUp_ofAStream() throws IOException {
        try (TestServer server =
                TestServer.start(translator, "dragoman.batch.sentences=1", "dragoman.batch.workers=1")) {
            translator.forget();
            translator.hold();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                String body = request("First. Endless.");
                client.getOutputStream()
                        .write(("POST /translate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                        + "Accept: application/x-ndjson\r\nContent-Length: " + body.length()
                                        + "\r\n\r\n" + body)
                                .getBytes(StandardCharsets.ISO_8859_1));
                client.getOutputStream().flush();
                translator.awaitBatch();
                translator.takeSteps(UNENDING);
                translator.letAllGo();
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
                String line = lines.readLine();
                while (!line.contains("FIRST")) {
                    line = lines.readLine();
                }
                translator.awaitBatch();
                translator.takeSteps(1);
            }
            assertThat(server.postJson(request("Next.")).status()).isEqualTo(200);
        }
    }

    private static void awaitQueue(TestServer server, int tokens) {
        while (server.get("/actuator/metrics/translation.queue.tokens")
                        .json()
                        .at("/measurements/0/value")
                        .intValue()
                < tokens) {
            Thread.onSpinWait();
        }
    }

    private static String request(String text) {
        return "{\"q\":\"" + text + "\",\"source\":\"en\",\"target\":\"fr\"}";
    }
}
