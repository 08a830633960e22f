package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server with a model that answers in capitals: everything that works. */
class ServerIT {
    private static final FakeTranslator TRANSLATOR = new FakeTranslator("v1", TestServer.EN_FR, TestServer.EN_DE);
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(TRANSLATOR);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void forget() {
        TRANSLATOR.letAllGo();
        TRANSLATOR.forget();
    }

    @Test
    void translate_json() {
        Answer answer = server.postJson("{\"q\":\"The first. The second.\",\"source\":\"en\",\"target\":\"fr\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.body()).isEqualTo("{\"translatedText\":\"THE FIRST. THE SECOND.\"}");
    }

    /** Each sentence with its own terms, the first with the prefix; what is translated anew is not what the cache has. */
    @Test
    void translate_underConstraints() {
        String request = "{\"q\":\"A big file. No file here. Nothing.\",\"source\":\"en\",\"target\":\"fr\"";
        assertThat(server.postJson(request + "}").body())
                .isEqualTo("{\"translatedText\":\"A BIG FILE. NO FILE HERE. NOTHING.\"}");
        assertThat(server.postJson(request
                                + ",\"glossary\":[{\"source\":\"file\",\"target\":\"fichier\"},"
                                + "{\"source\":\"big\",\"target\":\"grand\"}],\"banned\":[\"HERE\"],"
                                + "\"target_prefix\":\"Voici: \"}")
                        .body())
                .isEqualTo("{\"translatedText\":\"Voici: A BIG FILE. grand fichier NO FILE . fichier NOTHING.\"}");
    }

    /** The double would write all of it in capitals. */
    @Test
    void translate_keepsWhatIsNoText() {
        assertThat(server.postJson(
                                "{\"q\":\"- copy %s  to {{name}}\\n- at https://example.org/a\",\"source\":\"en\",\"target\":\"fr\"}")
                        .body())
                .isEqualTo("{\"translatedText\":\"- COPY %s  TO {{name}}\\n- AT https://example.org/a\"}");
    }

    @Test
    void translate_inlineTagsWithTheirSentence() {
        String html = "<p>go to <b>this <i>page</i></b> &amp; read <x-y translate='no'>me</x-y>.</p>";
        assertThat(server.postJson("{\"q\":\"" + html + "\",\"source\":\"en\",\"target\":\"fr\",\"format\":\"html\"}")
                        .json()
                        .get("translatedText")
                        .stringValue())
                .isEqualTo("<p>GO TO <b>THIS <i>PAGE</i></b> &amp; READ <x-y translate='no'>me</x-y>.</p>");
    }

    @Test
    void translate_tellsOfALoop() {
        assertThat(server.postJson("{\"q\":[\"a dog.\",\"an " + FakeTranslator.LOOP
                                + " story.\"],\"source\":\"en\",\"target\":\"fr\"}")
                        .body())
                .isEqualTo("{\"translatedText\":[\"A DOG.\",\"DA DA DA DA DA\"],\"degenerate\":[false,true]}");
        assertThat(server.post(
                                "/v2/translate",
                                "application/x-www-form-urlencoded",
                                "text=" + FakeTranslator.LOOP + "&source_lang=EN&target_lang=FR")
                        .body())
                .contains("\"degenerate\":true");
    }

    @Test
    void translate_form() {
        assertThat(server.post(
                                "/translate",
                                "application/x-www-form-urlencoded;charset=UTF-8",
                                "q=" + URLEncoder.encode("Caf\u00e9 & th\u00e9.", StandardCharsets.UTF_8)
                                        + "&source=en&target=de&alternatives=1&api_key=placeholder")
                        .body())
                .isEqualTo(
                        "{\"translatedText\":\"CAF\u00c9 & TH\u00c9.\",\"alternatives\":[\"CAF\u00c9 & TH\u00c9.!\"]}");
    }

    @Test
    void translate_multipart() {
        String body = IntStream.range(0, 3)
                .mapToObj(i -> "--x\r\nContent-Disposition: form-data; name=\""
                        + List.of("q", "source", "target").get(i) + "\"\r\n\r\n"
                        + List.of("\u00c0 bient\u00f4t.", "en", "fr").get(i) + "\r\n")
                .collect(Collectors.joining("", "", "--x--\r\n"));
        assertThat(server.post("/translate", "multipart/form-data; boundary=x", body)
                        .body())
                .isEqualTo("{\"translatedText\":\"\u00c0 BIENT\u00d4T.\"}");
    }

    @Test
    void translate_queryWithAnEmptyBody() {
        assertThat(server.send(HttpRequest.newBuilder(server.uri("/translate?q=Hello.&source=en&target=fr"))
                                .POST(BodyPublishers.noBody()))
                        .body())
                .isEqualTo("{\"translatedText\":\"HELLO.\"}");
    }

    @Test
    void translate_aLongQuery() {
        String text = "word ".repeat(4000).strip().replaceAll("(word word word)", "$1.");
        assertThat(server.send(HttpRequest.newBuilder(server.uri("/translate?q="
                                        + URLEncoder.encode(text, StandardCharsets.UTF_8) + "&source=en&target=fr"))
                                .POST(BodyPublishers.noBody()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void translate_aDocumentOfTwoHundredSentences() {
        String document = IntStream.range(0, 200)
                .mapToObj(i -> "This is sentence number " + i + ".")
                .collect(Collectors.joining("\\n\\n"));
        Answer answer = server.postJson("{\"q\":\"" + document + "\",\"source\":\"en\",\"target\":\"fr\"}");
        assertThat(answer.body()).contains("THIS IS SENTENCE NUMBER 0.").contains("THIS IS SENTENCE NUMBER 199.");
        assertThat(answer.json().get("translatedText").stringValue().split("\n\n"))
                .hasSize(200);
    }

    @Test
    void translate_oneTextForAHundredClientsAtOnce() {
        TRANSLATOR.hold();
        String request = "{\"q\":\"The very same sentence.\",\"source\":\"en\",\"target\":\"fr\"}";
        List<CompletableFuture<Answer>> answers = IntStream.range(0, 100)
                .mapToObj(i -> server.postJsonAsync(request))
                .toList();
        TRANSLATOR.awaitBatch();
        TRANSLATOR.letAllGo();
        assertThat(answers)
                .allSatisfy(answer ->
                        assertThat(answer.join().body()).isEqualTo("{\"translatedText\":\"THE VERY SAME SENTENCE.\"}"));
        assertThat(TRANSLATOR.timesTranslated("The very same sentence.")).isEqualTo(1);
    }

    @Test
    void translate_controlCharactersAndLoneSurrogates() {
        assertThat(server.postJson("{\"q\":\"a\\u0000b \\ud83d c\\u001b\",\"source\":\"en\",\"target\":\"fr\"}")
                        .json()
                        .get("translatedText")
                        .stringValue())
                .isEqualTo("A B \uFFFD C ");
    }

    @Test
    void languages_alsoWithABody() {
        Answer answer = server.send(HttpRequest.newBuilder(server.uri("/languages"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method("GET", BodyPublishers.ofString("api_key=placeholder")));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("[{\"code\":\"de\",\"name\":\"German\",\"targets\":[\"de\"]},"
                        + "{\"code\":\"en\",\"name\":\"English\",\"targets\":[\"de\",\"en\",\"fr\"]},"
                        + "{\"code\":\"fr\",\"name\":\"French\",\"targets\":[\"fr\"]}]");
    }

    @Test
    void models_tellWhatTheyAre() {
        assertThat(server.get("/models").json().toString())
                .startsWith("[{\"name\":\"model\",\"version\":\"v1\",\"title\":\"title of model\","
                        + "\"pairs\":[\"en-de\",\"en-fr\"],\"parameters\":20000000,\"bytes\":21000000,"
                        + "\"precisions\":{\"f32\":1000000,\"i8\":20000000},\"device\":\"cpu\",\"computedBy\":\"a fake\","
                        + "\"maximumSourceTokens\":20,\"experts\":[{\"layer\":\"encoder.mixture1\",")
                .endsWith("\"card\":\"# A card\"}]");
    }

    @Test
    void health_answers() {
        assertThat(server.get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator/health",
                "/actuator/health/liveness",
                "/actuator/health/readiness",
                "/livez",
                "/readyz"
            })
    void actuator_isUp(String path) {
        Answer answer = server.get(path);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("status").stringValue()).isEqualTo("UP");
    }

    @Test
    void actuator_tellsTheBuild() {
        assertThat(server.get("/actuator/info").json().at("/build/artifact").stringValue())
                .isEqualTo("dragoman-app");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "translation.requests",
                "translation.characters",
                "translation.queue.tokens",
                "translation.queue.time",
                "translation.queue.sentences",
                "translation.queue.held",
                "translation.first.token",
                "translation.last.token",
                "translation.step.time",
                "translation.step.rows",
                "translation.step.padding",
                "translation.tokens.source",
                "translation.tokens.target",
                "translation.rejections",
                "translation.cancellations",
                "cache.gets",
                "cache.evictions"
            })
    void actuator_hasTheMeters(String name) {
        server.postJson("{\"q\":\"Measured.\",\"source\":\"en\",\"target\":\"fr\"}");
        assertThat(server.get("/actuator/metrics/" + name).status()).isEqualTo(200);
    }

    @Test
    void actuator_isScrapedByPrometheus() {
        server.postJson("{\"q\":\"Scraped.\",\"source\":\"en\",\"target\":\"fr\"}");
        assertThat(server.get("/actuator/prometheus").body().lines())
                .contains("translation_queue_tokens{model=\"model\"} 0.0")
                .anyMatch(line -> line.startsWith("translation_requests_seconds_count{outcome=\"ok\",pair=\"en-fr\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"health", "health/readiness", "info", "metrics", "prometheus"})
    void actuator_isNotWhereTranslationsAre(String endpoint) {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/actuator/" + endpoint);
        assertThat(server.send(HttpRequest.newBuilder(uri)).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"env", "beans", "heapdump", "loggers", "configprops", "shutdown", "threaddump", "mappings"})
    void actuator_keepsTheRestToItself(String endpoint) {
        assertThat(server.get("/actuator/" + endpoint).status()).isEqualTo(404);
    }

    @Test
    void address_isThisMachineOnly() {
        assertThat(server.context().getEnvironment().getProperty("server.address"))
                .isEqualTo("127.0.0.1");
        assertThat(server.context().getEnvironment().getProperty("management.server.address"))
                .isEqualTo("127.0.0.1");
        assertThat(server.context().getEnvironment().getProperty("spring.lifecycle.timeout-per-shutdown-phase"))
                .isEqualTo("65s");
    }
}
