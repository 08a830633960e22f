package dev.dragoman.app.administration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translator;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The operator's side of a server that begins with one model, {@code first}, and may load {@code second} and {@code german}. */
class AdministrationIT {
    private static final String REQUEST = "{\"q\":\"A sentence.\",\"source\":\"en\",\"target\":\"fr\"}";

    @TempDir
    private Path directory;

    /** By the name of the directory, those that were opened, the newest last. */
    private final Map<String, Queue<FakeTranslator>> opened = new ConcurrentHashMap<>();

    private final AtomicInteger versions = new AtomicInteger();
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        makeModel("served", "first");
        makeModel("others", "second");
        makeModel("others", "german");
        makeModel("others", "broken");
        makeModel("others", "polish");
        makeModel("secret", "hidden");
        server = TestServer.start(
                this::open,
                "dragoman.models=" + directory.resolve("served"),
                "dragoman.model-roots=" + directory.resolve("others"));
    }

    private void makeModel(String root, String name) throws IOException {
        Files.writeString(
                Files.createDirectories(directory.resolve(root).resolve(name)).resolve("config.json"), "{}");
    }

    private Translator open(Path path) {
        String name = path.getFileName().toString();
        if (name.equals("broken")) {
            return Translator.open(path);
        }
        LanguagePair pair = name.equals("german")
                ? TestServer.EN_DE
                : name.equals("polish") ? new LanguagePair("pl", "en") : TestServer.EN_FR;
        FakeTranslator translator = new FakeTranslator("v" + versions.incrementAndGet(), pair);
        opened.computeIfAbsent(name, key -> new ConcurrentLinkedQueue<>()).add(translator);
        return translator;
    }

    private FakeTranslator newest(String name) {
        List<FakeTranslator> all = new ArrayList<>(opened.get(name));
        return all.get(all.size() - 1);
    }

    @AfterEach
    void stop() {
        opened.values().forEach(translators -> translators.forEach(FakeTranslator::letAllGo));
        server.close();
    }

    @Test
    void list_whatIsOpenAndWhatCouldBe() {
        Answer answer = server.get("/admin/models");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(states(answer))
                .isEqualTo("broken available, first serving, german available, polish available, second available");
        assertThat(answer.json().get(1).get("version").stringValue()).isEqualTo("v1");
        assertThat(answer.json().get(1).get("pairs").toString()).isEqualTo("[\"en-fr\"]");
        assertThat(answer.json().get(0).has("version")).isFalse();
    }

    @Test
    void load_anotherPair() {
        Answer answer = send("PUT", "/admin/models/german");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().get("state").stringValue()).isEqualTo("serving");
        assertThat(newest("german").batches()).isNotEmpty();
        assertThat(server.postJson(REQUEST.replace("fr\"", "de\"")).status()).isEqualTo(200);
        assertThat(server.get("/languages").body()).contains("\"English\",\"targets\":[\"de\",\"en\",\"fr\"]");
        assertThat(send("PUT", "/admin/models/polish").status()).isEqualTo(200);
        // Polish is not among the languages that are always known.
        assertThat(server.postJson("{\"q\":\"Nie mo\u017cna otworzy\u0107 pliku, poniewa\u017c on nie istnieje.\","
                                + "\"source\":\"auto\",\"target\":\"fr\"}")
                        .json()
                        .at("/detectedLanguage/language")
                        .stringValue())
                .isEqualTo("pl");
        assertThat(server.get("/actuator/prometheus").body())
                .contains("translation_model_bytes{model=\"german\"} 2.1E7");
    }

    @Test
    void load_inPlaceOfAnother() {
        FakeTranslator first = newest("first");
        server.postJson(REQUEST);
        assertThat(send("PUT", "/admin/models/second?replace=first").status()).isEqualTo(200);
        // The old version's answer is not the new one's.
        server.postJson(REQUEST);
        assertThat(newest("second").timesTranslated("A sentence.")).isEqualTo(1);
        await(first::isClosed);
        await(() -> states(server.get("/admin/models"))
                .equals("broken available, first available, german available, polish available, second serving"));
        assertThat(server.get("/actuator/prometheus").body())
                .doesNotContain("model=\"first\"")
                .contains("translation_queue_tokens{model=\"second\"}");
    }

    @Test
    void load_theSameNameAgain() {
        FakeTranslator before = newest("first");
        server.postJson(REQUEST);
        assertThat(send("PUT", "/admin/models/first").json().get("version").stringValue())
                .isEqualTo("v2");
        await(before::isClosed);
        newest("first").hold();
        CompletableFuture<Answer> running = server.postJsonAsync(REQUEST.replace("A", "Another"));
        await(() -> newest("first").timesTranslated("Another sentence.") == 1);
        newest("first").letAllGo();
        assertThat(running.join().status()).isEqualTo(200);
        // The meters are those of the new one.
        await(() -> server.get("/actuator/prometheus")
                .body()
                .contains("translation_decoded_sentences_total{model=\"first\",pair=\"en-fr\"} 1.0"));
    }

    @Test
    void load_whatIsInFlightEndsOnTheOldModel() {
        FakeTranslator first = newest("first");
        first.forget();
        first.hold();
        CompletableFuture<Answer> inFlight = server.postJsonAsync(REQUEST);
        first.awaitBatch();
        assertThat(send("PUT", "/admin/models/second?replace=first").status()).isEqualTo(200);
        assertThat(states(server.get("/admin/models")))
                .contains("first draining")
                .contains("second serving");
        assertThat(first.isClosed()).isFalse();
        assertThat(inFlight).isNotDone();
        first.letAllGo();
        assertThat(inFlight.join().body()).isEqualTo("{\"translatedText\":\"A SENTENCE.\"}");
        await(first::isClosed);
        assertThat(newest("second").timesTranslated("A sentence.")).isZero();
    }

    @Test
    void load_underLoadLosesNoRequest() throws Exception {
        AtomicBoolean going = new AtomicBoolean(true);
        AtomicInteger answered = new AtomicInteger();
        Queue<Answer> failed = new ConcurrentLinkedQueue<>();
        CountDownLatch ended = new CountDownLatch(8);
        for (int client = 0; client < 8; client++) {
            int number = client;
            Thread thread = new Thread(() -> {
                for (int i = 0; going.get(); i++) {
                    // A new sentence, so that the cache does not answer.
                    Answer answer = server.postJson(REQUEST.replace("A sentence", "Sentence " + number + " " + i));
                    answered.incrementAndGet();
                    if (answer.status() != 200) {
                        failed.add(answer);
                    }
                }
                ended.countDown();
            });
            thread.start();
        }
        String current = "first";
        for (int i = 0; i < 30; i++) {
            String next = current.equals("first") ? "second" : "first";
            Answer answer = send("PUT", "/admin/models/" + next + "?replace=" + current);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            current = next;
        }
        going.set(false);
        ended.await();
        assertThat(failed).isEmpty();
        assertThat(answered.get()).isGreaterThan(60);
        List<FakeTranslator> all = new ArrayList<>(opened.get("first"));
        all.addAll(opened.get("second"));
        assertThat(all).hasSize(31);
        await(() -> all.stream().filter(FakeTranslator::isClosed).count() == 30);
    }

    @Test
    void load_aPairThatIsServed() {
        Answer answer = send("PUT", "/admin/models/second");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().get("detail").stringValue())
                .isEqualTo("Conflict: the model first serves en-fr too; replace=first puts the new one in its place");
        assertThat(newest("second").isClosed()).isTrue();
        assertThat(newest("first").isClosed()).isFalse();
        assertThat(server.postJson(REQUEST).status()).isEqualTo(200);
    }

    @Test
    void load_whatCannotBeOpened() {
        Answer answer = send("PUT", "/admin/models/broken?replace=first");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("detail").stringValue()).contains("pieces.model: no such file");
        assertThat(server.postJson(REQUEST).status()).isEqualTo(200);
        JsonNode broken = server.get("/admin/models").json().get(0);
        assertThat(broken.get("state").stringValue()).isEqualTo("available");
        assertThat(broken.get("failure").stringValue()).contains("pieces.model: no such file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hidden", "..%2Fsecret%2Fhidden", "%2Ftmp", "..", "missing"})
    void load_whatTheConfigurationDoesNotLeadTo(String name) {
        assertThat(send("PUT", "/admin/models/" + name).status()).isBetween(400, 405);
        assertThat(opened).containsOnlyKeys("first");
    }

    @Test
    void load_replacingWhatIsNotOpen() {
        assertThat(send("PUT", "/admin/models/german?replace=nothing").status()).isEqualTo(404);
        assertThat(opened).doesNotContainKey("german");
    }

    @Test
    void unload_theLastModel() {
        FakeTranslator first = newest("first");
        assertThat(send("DELETE", "/admin/models/first").status()).isEqualTo(202);
        await(first::isClosed);
        Answer refused = server.postJson(REQUEST);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.json().get("detail").stringValue()).isEqualTo("Unavailable: no model is open");
        assertThat(send("DELETE", "/admin/models/first").status()).isEqualTo(404);
        assertThat(send("PUT", "/admin/models/first").status()).isEqualTo(200);
        assertThat(server.postJson(REQUEST).status()).isEqualTo(200);
    }

    @Test
    void cache_isToldAndCleared() {
        server.postJson(REQUEST);
        server.postJson(REQUEST);
        JsonNode statistics = server.get("/admin/cache").json();
        assertThat(statistics.get("sentences").intValue()).isEqualTo(1);
        assertThat(statistics.get("hits").intValue()).isEqualTo(1);
        assertThat(statistics.get("misses").intValue()).isEqualTo(1);
        assertThat(statistics.get("bytes").intValue()).isBetween(400, 1000);
        assertThat(statistics.get("maximumBytes").intValue()).isEqualTo(64 << 20);
        assertThat(send("DELETE", "/admin/cache").body()).isEqualTo("{\"sentences\":1}");
        assertThat(server.get("/admin/cache").json().get("bytes").intValue()).isZero();
        server.postJson(REQUEST);
        assertThat(newest("first").timesTranslated("A sentence.")).isEqualTo(2);
    }

    /** Tomcat itself refuses an encoded slash, before any controller. */
    @Test
    void errors_haveOneBodyHereToo() {
        Answer answer = send("PUT", "/admin/models/..%2Fother");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.json().get("type").stringValue()).isEqualTo("urn:dragoman:problem:invalid-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/admin/models", "/admin/cache", "/admin/models/first"})
    void administration_isNotWhereTranslationsAre(String path) {
        for (String method : List.of("GET", "PUT", "DELETE")) {
            URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
            assertThat(server.send(HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()))
                            .status())
                    .isEqualTo(404);
        }
    }

    /** A site whose name was made to lead to this machine, in its browser: what it asks for, it asks for in its own name. */
    @Test
    void administration_isNotForPagesOfOtherSites() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.managementPort())) {
            socket.getOutputStream()
                    .write("DELETE /admin/models/first HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 401 ");
        }
        assertThat(states(server.get("/admin/models"))).contains("first serving");
    }

    private static String states(Answer answer) {
        List<String> states = new ArrayList<>();
        answer.json()
                .forEach(model -> states.add(model.get("name").stringValue() + " "
                        + model.get("state").stringValue()));
        return String.join(", ", states);
    }

    private Answer send(String method, String path) {
        return server.send(HttpRequest.newBuilder(server.uri(path)).method(method, BodyPublishers.noBody()));
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
