package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /translate} as a stream. */
class StreamIT {
    private static final FakeTranslator TRANSLATOR = new FakeTranslator("v1", TestServer.EN_FR);
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(TRANSLATOR, "dragoman.batch.sentences=1", "dragoman.batch.workers=1");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void letGo() {
        TRANSLATOR.letAllGo();
    }

    private static HttpRequest.Builder request(String accept, String body) {
        return HttpRequest.newBuilder(server.uri("/translate"))
                .header("Content-Type", "application/json")
                .header("Accept", accept)
                .POST(BodyPublishers.ofString(body.replace('\'', '"')));
    }

    private static String withoutTimes(Answer answer) {
        return answer.body().replace('"', '\'').replaceAll("'milliseconds':\\d+", "'milliseconds':N");
    }

    @Test
    void lines_sentencesInOrderThenTheWhole() {
        Answer answer = server.send(request(
                "application/x-ndjson", "{'q': ['Caf\u00e9 one.  Two.', '5'], 'source': 'en', 'target': 'fr'}"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/x-ndjson");
        assertThat(withoutTimes(answer)).isEqualTo("""
                        {'text':0,'sentence':0,'translatedText':'CAF\u00c9 ONE.','score':0.0,'milliseconds':N}
                        {'text':0,'sentence':1,'translatedText':'TWO.','score':0.0,'milliseconds':N}
                        {'text':1,'sentence':0,'translatedText':'5','milliseconds':N}
                        {'done':true,'translatedText':['CAF\u00c9 ONE.  TWO.','5'],'milliseconds':N}
                        """);
    }

    @Test
    void events_ofTheSame() {
        Answer answer = server.send(request("text/event-stream", "{'q': 'Three.', 'source': 'en', 'target': 'fr'}"));
        assertThat(answer.header("content-type")).isEqualTo("text/event-stream");
        assertThat(withoutTimes(answer)).isEqualTo("""
                        event: sentence
                        data: {'text':0,'sentence':0,'translatedText':'THREE.','score':0.0,'milliseconds':N}

                        event: done
                        data: {'done':true,'translatedText':'THREE.','milliseconds':N}

                        """);
    }

    /** The model is held before the second sentence. */
    @Test
    void lines_comeWhileTheRestIsBeingTranslated() throws Exception {
        TRANSLATOR.hold();
        var answer = HttpClient.newHttpClient()
                .sendAsync(
                        request("application/x-ndjson", "{'q': 'Four. Five.', 'source': 'en', 'target': 'fr'}")
                                .build(),
                        BodyHandlers.ofInputStream());
        TRANSLATOR.letGo(1);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(answer.get().body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).contains("FOUR.");
            assertThat(TRANSLATOR.timesTranslated("Four.")).isEqualTo(1);
            TRANSLATOR.letAllGo();
            assertThat(lines.lines().toList()).hasSize(2).first().asString().contains("FIVE.");
        }
    }

    @Test
    void lines_endWithWhatWentWrong() {
        Answer answer = server.send(request(
                "application/x-ndjson",
                "{'q': 'Six. " + FakeTranslator.POISON + ".', 'source': 'en', 'target': 'fr'}"));
        assertThat(answer.status()).isEqualTo(200);
        List<String> lines = answer.body().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1))
                .startsWith("{\"type\":\"urn:dragoman:problem:internal\",\"status\":500,\"error\":\"Internal error")
                .doesNotContain("poisoned");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-ndjson", "text/event-stream"})
    void refused_withTheUsualBody(String accept) {
        Answer answer = server.send(request(accept, "{'q': 'x', 'source': 'en', 'target': 'xx'}"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.json().get("error").stringValue())
                .isEqualTo("xx is not supported: target must be a code of /languages");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/json",
                "text/html, image/gif, */*; q=0.2",
                "text/*",
                "application/*",
                "text/event-stream; q=0, */*",
                "nonsense"
            })
    void whoDoesNotAskForAStreamByNameGetsNone(String accept) {
        Answer answer = server.send(request(accept, "{'q': 'Seven.', 'source': 'en', 'target': 'fr'}"));
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.body()).isEqualTo("{\"translatedText\":\"SEVEN.\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "Text/Event-Stream, text/event-stream",
        "'application/json, text/event-stream', text/event-stream",
        "'text/event-stream; q=0.5, application/x-ndjson', application/x-ndjson",
        "'application/x-ndjson, text/event-stream', application/x-ndjson",
    })
    void form_isTheOneThatIsPreferred(String accept, String contentType) {
        Answer answer = server.send(request(accept, "{'q': 'Eight.', 'source': 'en', 'target': 'fr'}"));
        assertThat(answer.header("content-type")).isEqualTo(contentType);
        assertThat(answer.body()).contains("EIGHT.");
    }
}
