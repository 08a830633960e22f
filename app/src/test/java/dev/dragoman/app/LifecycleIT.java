package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
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
}
