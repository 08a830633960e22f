package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server with more work than it promises to do. */
class OverloadIT {
    private final FakeTranslator translator = new FakeTranslator("v1", TestServer.EN_FR);

    @AfterEach
    void letGo() {
        translator.letAllGo();
    }

    @Test
    void translate_beyondTheQueueIsRefusedAtOnce() {
        try (TestServer server = TestServer.start(translator, "dragoman.queue.tokens=20", "dragoman.batch.workers=1")) {
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

            translator.letAllGo();
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
