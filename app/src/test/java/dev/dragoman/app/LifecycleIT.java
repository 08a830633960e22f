package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;

/** From the start of a server to its end. */
class LifecycleIT {
    private static final String REQUEST = "{\"q\":\"In flight.\",\"source\":\"en\",\"target\":\"fr\"}";

    private final FakeTranslator translator = new FakeTranslator("v1", TestServer.EN_FR);

    @Test
    void start_warmsTheModelBeforeItIsReady() {
        try (TestServer server = TestServer.start(translator)) {
            assertThat(translator.batches()).isNotEmpty();
            assertThat(server.get("/readyz").status()).isEqualTo(200);
        }
    }

    @Test
    void start_ofSeveralModels() {
        FakeTranslator german = new FakeTranslator("v2", TestServer.EN_DE);
        try (TestServer server = TestServer.start(Map.of("french", translator, "german", german))) {
            translator.forget();
            german.forget();
            server.postJson(REQUEST);
            server.postJson(REQUEST.replace("fr\"", "de\""));
            assertThat(translator.timesTranslated("In flight.")).isEqualTo(1);
            assertThat(german.timesTranslated("In flight.")).isEqualTo(1);
        }
        assertThat(translator.isClosed()).isTrue();
        assertThat(german.isClosed()).isTrue();
    }

    @Test
    void stop_finishesWhatIsInFlight() {
        TestServer server = TestServer.start(translator);
        CopyOnWriteArrayList<String> events = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> notReady = new CompletableFuture<>();
        server.context().addApplicationListener((ApplicationListener<AvailabilityChangeEvent<?>>) event -> {
            // The management server, which ends after the other, says the same once more.
            if (event.getState() == ReadinessState.REFUSING_TRAFFIC && !notReady.isDone()) {
                events.add("not ready");
                notReady.complete(null);
            }
        });
        translator.forget();
        translator.hold();
        CompletableFuture<Answer> inFlight = server.postJsonAsync(REQUEST);
        translator.awaitBatch();

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
        notReady.join();
        assertThat(inFlight).isNotDone();
        assertThat(translator.isClosed()).isFalse();
        assertThat(server.get("/actuator/health/readiness").status()).isEqualTo(503);
        assertThat(server.get("/actuator/health/liveness").status()).isEqualTo(200);
        CompletableFuture<Void> answered = inFlight.thenRun(() -> events.add("answered"));

        translator.letAllGo();
        answered.join();
        Answer answer = inFlight.join();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"translatedText\":\"IN FLIGHT.\"}");
        stopped.join();
        assertThat(translator.isClosed()).isTrue();
        assertThat(events).containsExactly("not ready", "answered");
    }

    /** Connections that were let in before the end, on which the request comes after it has begun. */
    @Test
    void stop_hearsOutWhoIsInAlready() throws Exception {
        byte[] request = ("POST /translate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
                        + REQUEST.length() + "\r\n\r\n" + REQUEST)
                .getBytes(StandardCharsets.US_ASCII);
        TestServer server = TestServer.start(translator);
        int port = server.port();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Socket socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request, 0, 20);
            sockets.add(socket);
        }
        // Connections are accepted in their order: whoever came last is answered after all of them are in.
        assertThat(server.sendRaw("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII)))
                .startsWith("HTTP/1.1 200");
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
        while (isOpen(port)) {
            Thread.onSpinWait();
        }
        for (Socket socket : sockets) {
            socket.getOutputStream().write(request, 20, request.length - 20);
        }
        for (Socket socket : sockets) {
            try (socket) {
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 200")
                        .contains("Connection: close", "IN FLIGHT.");
            }
        }
        stopped.join();
    }

    private static boolean isOpen(int port) {
        try (Socket another = new Socket("127.0.0.1", port)) {
            return another.isConnected();
        } catch (IOException closed) {
            return false;
        }
    }
}
