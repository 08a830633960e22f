package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Everything that is wrong with a request, sent to the whole server: one shape of answer, never a 5xx, nothing repeated. */
class BadRequestsIT {
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String MULTIPART = "multipart/form-data; boundary=x";

    /** In every bad text: must never come back. */
    private static final String SECRET = "zwieback";

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(
                new FakeTranslator("v1", TestServer.EN_FR, TestServer.EN_DE),
                "dragoman.limits.characters=1000",
                "dragoman.limits.texts=5",
                "dragoman.limits.alternatives=3",
                "dragoman.limits.request-size=2MB",
                "dragoman.queue.tokens=500");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Arguments json(String body, int status, String error) {
        return Arguments.of(JSON, body.replace('\'', '"'), status, error);
    }

    private static String request(String q) {
        return "{'q': " + q + ", 'source': 'en', 'target': 'fr'}";
    }

    static List<Arguments> bodies() {
        return List.of(
                json("{'source': 'en', 'target': 'fr'}", 400, "Invalid request: missing q parameter"),
                json(request("''"), 400, "Invalid request: missing q parameter"),
                json(request("[]"), 400, "Invalid request: missing q parameter"),
                json(request("null"), 400, "Invalid request: missing q parameter"),
                json("{'q': 'zwieback', 'target': 'fr'}", 400, "Invalid request: missing source parameter"),
                json("{'q': 'zwieback', 'source': 'en'}", 400, "Invalid request: missing target parameter"),
                json(request("5"), 400, "Invalid request: q parameter must be a string or a list of strings"),
                json(request("['a', {'b': 'zwieback'}]"), 400, "Invalid request: q[1] must be a string"),
                json(
                        "{'q': 'zwieback', 'source': 1, 'target': 'fr'}",
                        400,
                        "Invalid request: source parameter must be a string"),
                json(
                        "{'q': 'a', 'source': 'en', 'target': 'fr', 'alternatives': 'zwieback'}",
                        400,
                        "Invalid request: alternatives parameter is not a number"),
                json(
                        "{'q': 'a', 'source': 'en', 'target': 'fr', 'alternatives': 4}",
                        400,
                        "Invalid request: alternatives parameter must be <= 3, but is 4"),
                json(
                        "{'q': 'zwieback', 'source': 'xx', 'target': 'fr'}",
                        400,
                        "xx is not supported: source must be auto or a code of /languages"),
                json(
                        "{'q': 'zwieback', 'source': 'en', 'target': 'xx'}",
                        400,
                        "xx is not supported: target must be a code of /languages"),
                json(
                        "{'q': 'a', 'source': 'my zwieback', 'target': 'fr'}",
                        400,
                        "Invalid request: the value of the source parameter is not supported: source must be auto or a code of /languages"),
                // Spanish beyond doubt, also for trigrams alone: the shorter the text, the likelier they call it
                // Portuguese.
                json(
                        "{'q': 'Los usuarios que han perdido su zwieback pueden buscarlo en las carpetas que ellos mismos"
                                + " han creado.', 'source': 'auto', 'target': 'fr'}",
                        400,
                        "French (fr) is not available as a target language from Spanish (es), the detected language of q"),
                json(
                        "{'q': 'zwieback', 'source': 'fr', 'target': 'de'}",
                        400,
                        "German (de) is not available as a target language from French (fr)"),
                json(
                        "{'q': 'zwieback', 'source': 'en', 'target': 'fr', 'format': 'pdf'}",
                        400,
                        "pdf format is not supported: format must be text or html"),
                json(
                        request("'" + SECRET.repeat(200) + "'"),
                        400,
                        "Invalid request: request (1600) exceeds text limit (1000): characters of q"),
                json(
                        request("['a', '" + SECRET.repeat(200) + "']"),
                        400,
                        "Invalid request: request (1600) exceeds text limit (1000): characters of q[1]"),
                json(
                        request(Collections.nCopies(6, "'zwieback'").toString()),
                        400,
                        "Invalid request: request (6) exceeds text limit (5): texts of q"),
                json(
                        request("'a" + "-zwieback".repeat(50) + "'"),
                        400,
                        "Invalid request: request (51) exceeds text limit (20): tokens of one word of q"),
                json(
                        request("'" + "a".repeat(1_000_000) + "'"),
                        400,
                        "Invalid request: request (1000000) exceeds text limit (1000): characters of q"),
                json(
                        request(distinctTexts()),
                        400,
                        "Invalid request: request (900) exceeds text limit (500): tokens of q"),
                json("zwieback", 400, "Invalid JSON format"),
                json("", 400, "Invalid JSON format"),
                json("['zwieback']", 400, "Invalid JSON format"),
                json("{'q': 'zwieback'", 400, "Invalid JSON format"),
                json("{'q': '\0zwieback'}", 400, "Invalid JSON format"),
                json("[".repeat(100_000), 400, "Invalid JSON format: more than 500 levels of nesting"),
                json("{'q': " + "[".repeat(2000), 400, "Invalid JSON format: more than 500 levels of nesting"),
                json(
                        "{'alternatives': " + "7".repeat(1001),
                        400,
                        "Invalid JSON format: more than 1000 digits in a number: 1001"),
                json(
                        "{'" + SECRET.repeat(20_000) + "': 1}",
                        400,
                        "Invalid JSON format: more than 50000 characters in a name"),
                json(
                        " ".repeat(2_097_153),
                        413,
                        "Request too large: body (2097153 bytes) exceeds limit (2097152 bytes)"),
                Arguments.of(FORM, "", 400, "Invalid request: missing q parameter"),
                Arguments.of(FORM, "q=&source=en&target=fr", 400, "Invalid request: missing q parameter"),
                Arguments.of(FORM, "q=zwieback&target=fr", 400, "Invalid request: missing source parameter"),
                Arguments.of(
                        FORM,
                        "q=a&source=en&target=fr&alternatives=zwieback",
                        400,
                        "Invalid request: alternatives parameter is not a number"),
                Arguments.of(FORM, "q=zwieback%", 400, "Invalid request: the parameters cannot be read"),
                Arguments.of(
                        FORM,
                        "q=%FFzwieback&source=en&target=fr",
                        400,
                        "Invalid request: the parameters cannot be read"),
                Arguments.of(
                        FORM, "a=b&".repeat(1001), 413, "Request too large: more than 1000 fields in query and body"),
                Arguments.of(FORM, "q&source&" + "b=c&".repeat(998), 400, "Invalid request: missing q parameter"),
                Arguments.of(
                        FORM,
                        "{\"q\":\"zwieback\",\"source\":\"en\",\"target\":\"fr\"}",
                        400,
                        "Invalid request: missing q parameter; a JSON body needs the header Content-Type: application/json"),
                Arguments.of(
                        FORM,
                        "q=" + "a".repeat(2_097_152),
                        413,
                        "Request too large: body (2097154 bytes) exceeds limit (2097152 bytes)"),
                Arguments.of(MULTIPART, "zwieback", 400, "Invalid request: missing q parameter"),
                Arguments.of(
                        MULTIPART, "--x\r\nContent-Disp", 400, "Invalid request: the multipart body cannot be read"),
                Arguments.of(
                        "multipart/form-data", "zwieback", 400, "Invalid request: the multipart body cannot be read"),
                Arguments.of(MULTIPART, "--x--\r\n", 400, "Invalid request: missing q parameter"),
                Arguments.of(
                        MULTIPART,
                        "--x\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n" + "a".repeat(3_000_000)
                                + "\r\n--x--\r\n",
                        413,
                        "Request too large: body (3000058 bytes) exceeds limit (2097152 bytes)"),
                Arguments.of(
                        MULTIPART,
                        PART.repeat(51) + "--x--\r\n",
                        413,
                        "Request too large: more than 50 parts in the multipart body"),
                Arguments.of(
                        MULTIPART, PART.repeat(50) + "--x--\r\n", 400, "Invalid request: missing source parameter"),
                Arguments.of(
                        MULTIPART,
                        PART.replace("name=", "zwieback=\"" + "b".repeat(2048) + "\"; name=") + "--x--\r\n",
                        413,
                        "Request too large: more than 2048 bytes in the headers of one part"),
                Arguments.of("text/plain", "zwieback", 415, UNSUPPORTED),
                Arguments.of("application/xml", "<q>zwieback</q>", 415, UNSUPPORTED),
                Arguments.of(
                        "zwieback", "zwieback", 415, "Unsupported media type: the Content-Type header cannot be read"),
                Arguments.of(
                        "application/json; charset=zwieback",
                        "{}",
                        415,
                        "Unsupported media type: the Content-Type header cannot be read"));
    }

    private static final String UNSUPPORTED =
            "Unsupported media type: send application/json, application/x-www-form-urlencoded or multipart/form-data";

    private static final String PART = "--x\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\nzwieback\r\n";

    /** Five texts of 180 words each, in sentences of 18, no two alike. */
    private static String distinctTexts() {
        StringBuilder texts = new StringBuilder("[");
        for (int text = 0; text < 5; text++) {
            texts.append(text == 0 ? "'" : ", '");
            for (int word = 0; word < 180; word++) {
                texts.append((char) ('a' + text)).append(word).append(word % 18 == 17 ? "! " : " ");
            }
            texts.append("'");
        }
        return texts.append("]").toString();
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void translate_aBadBody(String contentType, String body, int status, String error) {
        assertRefused(server.post("/translate", contentType, body), status, error);
    }

    @ParameterizedTest
    @ValueSource(strings = {JSON, FORM, MULTIPART})
    void translate_aHugeBodyWithoutItsLength(String contentType) {
        String start =
                contentType.equals(MULTIPART) ? "--x\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n" : "q=";
        byte[] body = (start + "a".repeat(3_000_000)).getBytes(StandardCharsets.US_ASCII);
        Answer answer = server.send(HttpRequest.newBuilder(server.uri("/translate"))
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));
        assertRefused(answer, 413, "Request too large: body exceeds limit (2097152 bytes)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/zwieback", "/docs"})
    void path_withAPatternForItsContentType(String path) {
        assertRefused(
                server.send(HttpRequest.newBuilder(server.uri(path))
                        .header("Content-Type", "*/*")
                        .GET()),
                415,
                "Unsupported media type: the Content-Type header cannot be read");
    }

    @Test
    void path_withAFormThatCannotBeReadByAMethodThatIsNotThere() {
        Answer answer = server.send(HttpRequest.newBuilder(server.uri("/translate"))
                .header("Content-Type", FORM)
                .method("PATCH", BodyPublishers.ofString("q=% zwieback")));
        assertRefused(answer, 405, "Method not allowed: use POST");
    }

    @Test
    void translateFile_aFieldThatIsAFile() {
        assertRefused(
                server.post(
                        "/translate_file",
                        MULTIPART,
                        "--x\r\nContent-Disposition: form-data; name=\"source\"; filename=\"zwieback\"\r\n\r\nen\r\n--x--\r\n"),
                400,
                "Invalid request: missing source parameter");
    }

    @Test
    void translateFile_aQueryThatCannotBeRead() {
        String body = "--x\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\nen\r\n--x--\r\n";
        String raw = server.sendRaw(("POST /translate_file?% HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: "
                        + MULTIPART + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII));
        assertThat(raw).startsWith("HTTP/1.1 400 ").contains("Invalid request: the parameters cannot be read");
    }

    @Test
    void translate_aBodyTenTimesTheLimitStillGetsItsAnswer() {
        assertThat(server.post("/translate", JSON, "a".repeat(20_000_000)).status())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /translate, 405, POST",
        "PUT, /translate, 405, POST",
        "DELETE, /translate, 405, POST",
        "PATCH, /translate, 405, POST",
        "POST, /languages, 405, GET",
        "POST, /health, 405, GET",
        "GET, /zwieback, 404, ''",
        "POST, /zwieback, 404, ''",
        "GET, /, 404, ''",
        "GET, /translate/zwieback, 404, ''",
        "GET, /actuator/zwieback, 404, ''",
        "GET, /actuator/metrics/zwieback, 404, ''",
    })
    void path_orMethodUnknown(String method, String path, int status, String allow) {
        Answer answer = server.send(HttpRequest.newBuilder(server.uri(path))
                .header("Accept", "text/html, image/gif, image/jpeg, */*; q=0.2")
                .method(method, BodyPublishers.ofString("{}")));
        assertThat(answer.header("allow")).isEqualTo(allow);
        if (!path.startsWith("/actuator/metrics")) {
            assertRefused(
                    answer,
                    status,
                    status == 405 ? "Method not allowed: use " + allow : "Not found: the server has no such path");
        }
        assertThat(answer.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "/translate, 990, 20, 1000, fields",
        "/v2/translate, 990, 20, 1000, fields",
        "/translate, 1001, 0, 1000, fields",
        "/translate, 0, 51, 50, parts",
        "/v2/translate, 0, 51, 50, parts",
    })
    void fields_ofQueryAndMultipartTogether(String path, int inQuery, int parts, int limit, String field) {
        Answer answer = server.post(path + "?" + "a&".repeat(inQuery), MULTIPART, PART.repeat(parts) + "--x--\r\n");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.json().get("field").stringValue()).isEqualTo(field);
        assertThat(answer.json().get("limit").intValue()).isEqualTo(limit);
        assertThat(answer.json().has("value")).isFalse();
    }

    @Test
    void body_tooLargeNamesLimitAndValue() {
        Answer answer = server.post("/translate", JSON, "a".repeat(2_097_153));
        assertThat(answer.json().get("field").stringValue()).isEqualTo("body");
        assertThat(answer.json().get("limit").intValue()).isEqualTo(2_097_152);
        assertThat(answer.json().get("value").intValue()).isEqualTo(2_097_153);
    }

    @Test
    void json_tooDeepNamesTheLimit() {
        Answer answer = server.post("/translate", JSON, "[".repeat(501));
        assertThat(answer.json().get("field").stringValue()).isEqualTo("levels of nesting");
        assertThat(answer.json().get("limit").intValue()).isEqualTo(500);
        assertThat(answer.json().has("value")).isFalse();
    }

    @Test
    void json_aNumberTooLongNamesLimitAndValue() {
        Answer answer = server.post("/v2/translate", JSON, "{\"text\": 0." + "3".repeat(1200) + "}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("field").stringValue()).isEqualTo("digits in a number");
        assertThat(answer.json().get("limit").intValue()).isEqualTo(1000);
        assertThat(answer.json().get("value").intValue()).isEqualTo(1201);
    }

    private static final String UNCOMPRESSED =
            ", but bodies have to be sent uncompressed, without that header or with identity";

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static Answer encoded(String path, String contentType, String encoding, BodyPublisher body) {
        return server.send(HttpRequest.newBuilder(server.uri(path))
                .header("Content-Type", contentType)
                .header("Content-Encoding", encoding)
                .POST(body));
    }

    @ParameterizedTest
    @CsvSource({
        "/translate, " + JSON,
        "/translate, " + FORM,
        "/translate, " + MULTIPART,
        "/detect, " + JSON,
        "/v2/translate, " + JSON,
        "/v2/translate, " + FORM,
        "/translate_file, " + MULTIPART,
        "/admin/keys, " + JSON
    })
    void body_compressed(String path, String contentType) throws IOException {
        byte[] body = gzip(contentType.equals(MULTIPART) ? PART + "--x--\r\n" : "{\"q\":\"" + SECRET + "\"}");
        for (BodyPublisher sent : List.of(
                BodyPublishers.ofByteArray(body), BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))) {
            Answer answer = encoded(path, contentType, "gzip", sent);
            assertRefused(answer, 415, "Unsupported media type: the header Content-Encoding is gzip" + UNCOMPRESSED);
            assertThat(answer.header("accept-encoding")).isEqualTo("identity");
        }
    }

    @Test
    void body_inACodingThatIsNone() {
        assertRefused(
                encoded("/translate", JSON, "my " + SECRET, BodyPublishers.ofString("{}")),
                415,
                "Unsupported media type: the header Content-Encoding is 11 characters that name no coding"
                        + UNCOMPRESSED);
    }

    @Test
    void body_thatIsSaidToBeAsItIs() {
        String body = request("'Hello.'").replace('\'', '"');
        assertThat(encoded("/translate", JSON, "Identity", BodyPublishers.ofString(body))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void contentEncoding_withoutABody() {
        assertThat(server.send(HttpRequest.newBuilder(server.uri("/languages"))
                                .header("Content-Encoding", "gzip")
                                .GET())
                        .status())
                .isEqualTo(200);
    }

    private static Arguments raw(String bytes, String error) {
        return Arguments.of(bytes, error);
    }

    static List<Arguments> bytes() {
        String post = "POST /translate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        String encoded =
                "Invalid request: the path has an encoded slash or backslash, or a % without two hexadecimal digits";
        String outside =
                "Invalid request: the path does not begin with a slash, leads out of the root, or has a backslash or a NUL";
        String address =
                "Invalid request: the address in the request line or the Host header is malformed, or they differ";
        return List.of(
                raw("zwieback\r\n\r\n", "Invalid request: the method has a character that no method may have"),
                raw("\0\1\2\3\r\n\r\n", "Invalid request: the method has a character that no method may have"),
                raw(
                        "GET /zwieback HTTP/9.9\r\nHost: a\r\n\r\n",
                        "Invalid request: the version is neither HTTP/1.1 nor HTTP/1.0"),
                raw(
                        "GET /zwieback ZWIEBACK\r\nHost: a\r\n\r\n",
                        "Invalid request: the request line does not end with a version such as HTTP/1.1"),
                raw(
                        "GET /zwieback HTTP/1.1\r\n\r\n",
                        "Invalid request: there has to be one Host header, but there are 0"),
                raw(
                        "GET /zwieback HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                        "Invalid request: there has to be one Host header, but there are 2"),
                raw("GET /zwieback HTTP/1.1\r\nHost: a:zwieback\r\n\r\n", address),
                raw("GET http://zwieback/health HTTP/1.1\r\nHost: a\r\n\r\n", address),
                raw("GET httpzwieback HTTP/1.1\r\nHost: a\r\n\r\n", outside),
                raw(
                        "GET /zwieback{x}?<> HTTP/1.1\r\nHost: a\r\n\r\n",
                        "Invalid request: the address in the request line has a character that has to be percent-encoded"),
                raw("GET /%00zwieback HTTP/1.1\r\nHost: a\r\n\r\n", outside),
                raw("GET /..%2f..%2fzwieback HTTP/1.1\r\nHost: a\r\n\r\n", encoded),
                raw("GET /%zwieback HTTP/1.1\r\nHost: a\r\n\r\n", encoded),
                raw("GET /../../zwieback HTTP/1.1\r\nHost: a\r\n\r\n", outside),
                raw(
                        "TRACE /zwieback HTTP/1.1\r\nHost: a\r\n\r\n",
                        "Method not allowed: the method TRACE is not offered"),
                raw(
                        "CONNECT zwieback:80 HTTP/1.1\r\nHost: zwieback:80\r\n\r\n",
                        "Invalid request: the method CONNECT is not offered"),
                raw(
                        "ZWIEBACK /zwieback HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                        "Not found: the server has no such path"),
                raw(
                        "GET /health HTTP/1.1\r\nHost: a\r\nzwieback zwieback\r\n\r\n",
                        "Invalid request: a header has no colon, or a character that no header may have"),
                raw(
                        "GET /health HTTP/1.1\r\nHost: a\r\n" + "X: zwieback\r\n".repeat(100) + "\r\n",
                        "Invalid request: more than 100 header lines"),
                raw(
                        "GET /health HTTP/1.1\r\nHost: a\r\nCookie: " + "zwieback=1; ".repeat(201) + "\r\n\r\n",
                        "Invalid request: more than 200 cookies"),
                raw(
                        "GET /health HTTP/1.1\r\nHost: a\r\nX: " + "zwieback".repeat(20_000) + "\r\n\r\n",
                        "Invalid request: more than 65536 bytes of request line and headers"),
                raw(
                        "GET /" + "zwieback".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
                        "Invalid request: more than 65536 bytes of request line and headers"),
                raw(
                        post + "Content-Length: -5\r\n\r\n",
                        "Invalid request: the Content-Length header is not a number of bytes"),
                raw(
                        post + "Content-Length: zwieback\r\n\r\n",
                        "Invalid request: the Content-Length header is not a number of bytes"),
                raw(
                        post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
                        "Invalid request: there may be one Content-Length header, but there are 2"),
                raw(post + "Content-Length: 99\r\n\r\n{", "Invalid request: the body cannot be read to its end"),
                raw(
                        post + "Transfer-Encoding: chunked\r\n\r\nzwieback\r\n",
                        "Invalid request: the body cannot be read to its end"),
                raw(
                        post.replace("/translate", "/detect")
                                + "Accept: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n4d\r\nzwieback",
                        "Invalid request: the body cannot be read to its end"),
                raw(
                        post + "Transfer-Encoding: zwieback\r\n\r\nzwieback\r\n",
                        "Invalid request: the Transfer-Encoding header may only say chunked"),
                raw(
                        post + "Expect: zwieback\r\nContent-Length: 2\r\n\r\n{}",
                        "Invalid request: the Expect header may only say 100-continue"));
    }

    @ParameterizedTest
    @MethodSource("bytes")
    void bytes_thatAreNoProperHttp(String bytes, String error) {
        assertRefusedRaw(server.sendRaw(bytes.getBytes(StandardCharsets.ISO_8859_1)), error);
    }

    @Test
    void headers_tooLargeNameTheLimit() {
        String raw = server.sendRaw(("GET /health HTTP/1.1\r\nHost: a\r\nX: " + "zwieback".repeat(20_000) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        assertThat(raw).contains("\"field\":\"headers\",\"limit\":65536}");
    }

    @Test
    void server_isStillWell() {
        assertThat(server.postJson(request("'Hello.'").replace('\'', '"')).body())
                .isEqualTo("{\"translatedText\":\"HELLO.\"}");
    }

    private static void assertRefused(Answer answer, int status, String error) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.body()).doesNotContainIgnoringCase(SECRET);
        JsonNode body = answer.json();
        assertThat(body.get("status").intValue()).isEqualTo(status);
        assertThat(body.get("type").stringValue()).startsWith("urn:dragoman:problem:");
        for (String member : List.of("detail", "message", "error")) {
            assertThat(body.get(member).stringValue()).isEqualTo(error);
        }
    }

    private static final Pattern ANSWER =
            Pattern.compile("HTTP/1\\.1 4\\d\\d .*?\r\n\r\n.*?(\\{.*\\}).*", Pattern.DOTALL);

    private static void assertRefusedRaw(String raw, String error) {
        Matcher answer = ANSWER.matcher(raw);
        assertThat(answer.matches()).as(raw).isTrue();
        assertThat(raw).contains("Content-Type: application/json").doesNotContainIgnoringCase(SECRET);
        assertThat(new JsonMapper().readTree(answer.group(1)).get("error").stringValue())
                .isEqualTo(error);
    }
}
