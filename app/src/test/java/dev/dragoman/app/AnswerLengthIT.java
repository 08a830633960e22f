package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers in JSON come whole, with their length. */
class AnswerLengthIT {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(new FakeTranslator("v1", TestServer.EN_FR));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void assertWhole(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("transfer-encoding")).isEmpty();
        assertThat(answer.header("content-length"))
                .isEqualTo(String.valueOf(answer.body().getBytes(StandardCharsets.UTF_8).length));
        assertThat(answer.json().isMissingNode()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/languages",
                "/frontend/settings",
                "/health",
                "/models",
                "/openapi.json",
                "/v2",
                "/v2/languages",
                "/v2/usage",
                "/v2/glossaries",
                "/v2/health/ready",
                "/admin/models",
                "/admin/cache"
            })
    void get_hasItsLength(String path) {
        assertWhole(server.get(path));
    }

    @Test
    void detect_hasItsLength() {
        assertWhole(server.post("/detect", "application/json", "{\"q\":\"Voilà une phrase française.\"}"));
    }
}
