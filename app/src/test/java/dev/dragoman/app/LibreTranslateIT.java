package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** LibreTranslate's paths beside {@code /translate}, and requests as its known clients send them. */
class LibreTranslateIT {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(
                new FakeTranslator("v1", TestServer.EN_FR, TestServer.EN_DE), "dragoman.limits.characters=1000");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void detect_aSentence() {
        JsonNode guesses = server.post(
                        "/detect", "application/json", "{\"q\":\"Die Datei konnte nicht ge\u00f6ffnet werden.\"}")
                .json();
        assertThat(guesses).hasSize(1);
        assertThat(guesses.get(0).get("language").stringValue()).isEqualTo("de");
        assertThat(guesses.get(0).get("confidence").isIntegralNumber()).isTrue();
    }

    @Test
    void detect_whatCannotBeTold() {
        assertThat(server.send(HttpRequest.newBuilder(server.uri("/detect?q=123"))
                                .POST(BodyPublishers.noBody()))
                        .body())
                .isEqualTo("[{\"confidence\":0,\"language\":\"en\"}]");
    }

    @Test
    void detect_wrongRequests() {
        assertThat(server.post("/detect", "application/json", "{}")
                        .json()
                        .get("error")
                        .stringValue())
                .isEqualTo("Invalid request: missing q parameter");
        assertThat(server.post("/detect", "application/json", "{\"q\":\"" + "a".repeat(1001) + "\"}")
                        .json()
                        .get("error")
                        .stringValue())
                .isEqualTo("Invalid request: request (1001) exceeds text limit (1000): characters of q");
        assertThat(server.get("/detect?q=x").status()).isEqualTo(405);
    }

    @Test
    void languages_withAFormAsLibretranslatepySendsIt() {
        Answer answer = server.send(HttpRequest.newBuilder(server.uri("/languages"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method("GET", BodyPublishers.ofString("api_key=x")));
        assertThat(answer.json().findValuesAsString("code")).containsExactly("de", "en", "fr");
    }

    /** A list, HTML, a key of null, no source, and the answer read by index. */
    @Test
    void translate_asMastodonDoes() {
        JsonNode answer = server.postJson(
                        "{\"q\":[\"<p>Good morning, my friends!</p>\",\"<p>The weather is nice.</p>\"],"
                                + "\"source\":\"auto\",\"target\":\"fr\",\"format\":\"html\",\"api_key\":null}")
                .json();
        assertThat(answer.get("translatedText").get(1).stringValue()).isEqualTo("<p>THE WEATHER IS NICE.</p>");
        assertThat(answer.get("detectedLanguage").get(1).get("language").stringValue())
                .isEqualTo("en");
    }

    @Test
    void settings_tellWhatIsThere() {
        JsonNode settings = server.get("/frontend/settings").json();
        assertThat(settings.get("charLimit").intValue()).isEqualTo(1000);
        assertThat(settings.get("keyRequired").booleanValue()).isFalse();
        assertThat(settings.get("supportedFilesFormat").get(0).stringValue()).isEqualTo(".txt");
        assertThat(settings.get("language").toString())
                .isEqualTo("{\"source\":{\"code\":\"en\",\"name\":\"English\"},"
                        + "\"target\":{\"code\":\"de\",\"name\":\"German\"}}");
    }

    @Test
    void suggest_isDisabled() {
        Answer answer = server.post("/suggest", "application/json", "{\"q\":\"a\",\"s\":\"b\"}");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().get("error").stringValue()).isEqualTo("Suggestions are disabled on this server");
    }

    @Test
    void spec_isTheDescription() {
        Answer answer = server.get("/spec");
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.body()).isEqualTo(server.get("/openapi.json").body());
    }

    @Test
    void file_isTranslatedAndFetched() {
        Answer answer = translateFile("notes.txt", "\ufeffThe first.\n\nThe second.\n", "fr");
        assertThat(answer.status()).isEqualTo(200);
        URI url = URI.create(answer.json().get("translatedFileUrl").stringValue());
        assertThat(url.getPort()).isEqualTo(server.port());
        Answer file = server.get(url.getPath());
        assertThat(file.body()).isEqualTo("THE FIRST.\n\nTHE SECOND.\n");
        assertThat(file.header("content-disposition")).startsWith("attachment;").contains("notes.txt");
        assertThat(file.header("content-type")).isEqualTo("text/plain;charset=UTF-8");
    }

    @ParameterizedTest
    @CsvSource({
        "notes.pdf, x, fr, Invalid request: file format not supported; send a file that ends with .txt",
        "notes.txt, '', fr, Invalid request: empty file",
        "notes.txt, x, xx, xx is not supported: target must be a code of /languages",
        "notes.txt, x, '', Invalid request: missing target parameter",
    })
    void file_wrongRequests(String name, String content, String target, String error) {
        Answer answer = translateFile(name, content, target);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("error").stringValue()).isEqualTo(error);
    }

    @Test
    void file_missing() {
        Answer answer = server.post("/translate_file", "application/x-www-form-urlencoded", "source=en&target=fr");
        assertThat(answer.json().get("error").stringValue()).isEqualTo("Invalid request: missing file parameter");
    }

    @ParameterizedTest
    @CsvSource({"x, 400", "00000000-0000-0000-0000-000000000000.a.txt, 404", "..%5Cx, 400"})
    void download_whatIsNotThere(String name, int status) {
        Answer answer = server.get("/download_file/" + name);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
    }

    private static Answer translateFile(String name, String content, String target) {
        return server.post(
                "/translate_file",
                "multipart/form-data; boundary=x",
                "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                        + "\"\r\nContent-Type: text/plain\r\n\r\n" + content
                        + "\r\n--x\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\nen"
                        + "\r\n--x\r\nContent-Disposition: form-data; name=\"target\"\r\n\r\n" + target
                        + "\r\n--x--\r\n");
    }
}
