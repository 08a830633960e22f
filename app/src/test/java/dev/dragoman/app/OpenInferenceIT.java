package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;

/** Health and metadata as the Open Inference Protocol has them. */
class OpenInferenceIT {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(new FakeTranslator("v1", TestServer.EN_FR));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/v2/health/live | {'live':true}",
                "/v2/health/ready | {'ready':true}",
                "/v2/models/model/ready | {'name':'model','ready':true}",
                "/v2/models/model/versions/v1/ready | {'name':'model','ready':true}",
            })
    void get(String path, String body) {
        Answer answer = server.get(path);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().replace('"', '\'')).isEqualTo(body);
    }

    @Test
    void server_saysWhatItIs() {
        assertThat(server.get("/v2").json().get("name").stringValue()).isEqualTo("dragoman");
        assertThat(server.get("/v2").json().get("extensions")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/models/model", "/v2/models/model/versions/v1"})
    void model_saysWhatItTakesAndGives(String path) {
        assertThat(server.get(path).body().replace('"', '\''))
                .isEqualTo("{'name':'model','versions':['v1'],'platform':'dragoman',"
                        + "'inputs':[{'name':'text','datatype':'BYTES','shape':[-1]}],"
                        + "'outputs':[{'name':'translation','datatype':'BYTES','shape':[-1]},"
                        + "{'name':'score','datatype':'FP32','shape':[-1]}]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/models/other", "/v2/models/model/versions/v2", "/v2/models/other/ready"})
    void model_unknown(String path) {
        Answer answer = server.get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().get("error").stringValue()).startsWith("Not found: the server has no such model");
    }

    @Test
    void ready_notWhileTrafficIsRefused() {
        AvailabilityChangeEvent.publish(server.context(), ReadinessState.REFUSING_TRAFFIC);
        try {
            Answer answer = server.get("/v2/health/ready");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("{\"ready\":false}");
        } finally {
            AvailabilityChangeEvent.publish(server.context(), ReadinessState.ACCEPTING_TRAFFIC);
        }
    }
}
