package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import dev.dragoman.app.security.TestSecurity;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that asks for keys, in every protocol. */
class SecurityIT {
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String TRANSLATE = "{\"q\":\"Hello.\",\"source\":\"en\",\"target\":\"fr\"}";
    private static final String DEEPL = "{\"text\":[\"Hello.\"],\"target_lang\":\"FR\",\"source_lang\":\"EN\"}";

    private static TestServer server;
    private static Path data;
    private static String key;
    private static String admin;
    private static String jobs;
    private static String revoked;

    @BeforeAll
    static void start() {
        data = TestSecurity.temporaryDirectory();
        key = TestSecurity.createKey(data, "translate", null, null);
        admin = TestSecurity.createKey(data, "admin", null, null);
        jobs = TestSecurity.createKey(data, "jobs", null, null);
        revoked = TestSecurity.createKey(data, "translate", null, null);
        server = TestServer.start(
                new FakeTranslator("v1", TestServer.EN_FR), "dragoman.data=" + data, "dragoman.limits.request-time=1s");
        assertThat(send("DELETE", "/admin/keys/" + id(revoked), "Authorization: Bearer " + admin, JSON, "")
                        .status())
                .isEqualTo(204);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String id(String text) {
        return text.substring(4, 16);
    }

    /** @param header one header, or nothing */
    private static Answer send(String method, String path, String header, String contentType, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path))
                .header("Content-Type", contentType)
                .method(method, BodyPublishers.ofString(body));
        if (!header.isEmpty()) {
            request.header(header.substring(0, header.indexOf(':')), header.substring(header.indexOf(':') + 2));
        }
        return server.send(request);
    }

    private static Answer translate(String header) {
        return send("POST", "/translate", header, JSON, TRANSLATE);
    }

    private static String with(String json, String field, String value) {
        return json.substring(0, json.length() - 1) + ",\"" + field + "\":" + value + "}";
    }

    private static String multipart(String... fields) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            body.append("--x\r\nContent-Disposition: form-data; name=\"")
                    .append(fields[i])
                    .append("\"\r\n\r\n")
                    .append(fields[i + 1])
                    .append("\r\n");
        }
        return body.append("--x--\r\n").toString();
    }

    static List<Arguments> places() {
        String form = "q=Hello.&source=en&target=fr";
        String deepl = "text=Hello.&source_lang=EN&target_lang=FR";
        return List.of(
                Arguments.of("/translate", "Authorization: Bearer KEY", JSON, TRANSLATE),
                Arguments.of("/translate", "authorization: bearer KEY", JSON, TRANSLATE),
                Arguments.of("/translate", "Authorization: DeepL-Auth-Key KEY", JSON, TRANSLATE),
                Arguments.of("/translate", "X-API-Key: KEY", JSON, TRANSLATE),
                Arguments.of("/translate", "", JSON, with(TRANSLATE, "api_key", "\"KEY\"")),
                Arguments.of("/translate", "", FORM, form + "&api_key=KEY"),
                Arguments.of("/translate?" + form + "&api_key=KEY", "", FORM, ""),
                Arguments.of("/translate?api_key=KEY", "", FORM, form),
                Arguments.of(
                        "/translate",
                        "",
                        "multipart/form-data; boundary=x",
                        multipart("q", "Hello.", "source", "en", "target", "fr", "api_key", "KEY")),
                Arguments.of("/detect", "", JSON, "{\"q\":\"Hello there.\",\"api_key\":\"KEY\"}"),
                Arguments.of("/detect", "", FORM, "q=Hello+there.&api_key=KEY"),
                Arguments.of("/v2/translate", "Authorization: DeepL-Auth-Key KEY", JSON, DEEPL),
                Arguments.of("/v2/translate", "Authorization: Bearer KEY", JSON, DEEPL),
                Arguments.of("/v2/translate", "", JSON, with(DEEPL, "auth_key", "\"KEY\"")),
                Arguments.of("/v2/translate", "", FORM, deepl + "&auth_key=KEY"),
                Arguments.of("/v2/translate?auth_key=KEY&" + deepl, "", FORM, ""),
                Arguments.of("/v2/languages", "", FORM, "type=target&auth_key=KEY"));
    }

    @ParameterizedTest
    @MethodSource("places")
    void key_inEveryPlace(String path, String header, String contentType, String body) {
        Answer answer = send(
                "POST",
                path.replace("KEY", key),
                header.replace("KEY", key),
                contentType,
                body.replace("KEY", URLEncoder.encode(key, StandardCharsets.US_ASCII)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        // And not by chance.
        assertThat(send(
                                "POST",
                                path.replace("KEY", revoked),
                                header.replace("KEY", revoked),
                                contentType,
                                body.replace("KEY", revoked))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void key_ofAFile() {
        String file = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nHello.\r\n"
                + multipart("source", "en", "target", "fr", "api_key", key);
        Answer answer = send("POST", "/translate_file", "", "multipart/form-data; boundary=x", file);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        String url = answer.json().get("translatedFileUrl").stringValue();
        assertThat(server.get(url.substring(url.indexOf("/download_file"))).body())
                .isEqualTo("HELLO.");
        assertThat(send("POST", "/translate_file", "", "multipart/form-data; boundary=x", file.replace(key, "wrong"))
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/translate | 400 | Please contact the server operator to get an API key",
                "/detect | 400 | Please contact the server operator to get an API key",
                "/v2/translate | 403 | Authorization failure: send the header Authorization: DeepL-Auth-Key KEY",
                "/admin/keys | 401 | Unauthorized: send the header Authorization: Bearer KEY",
            })
    void refused_withoutAKey(String path, int status, String message) {
        for (String header : List.of("", "Authorization: Bearer ", "Authorization: Basic YTpi", "X-API-Key: ")) {
            assertRefused(send("POST", path, header, JSON, TRANSLATE), status, "unauthorized", message);
        }
        for (String absent : List.of("null", "\"\"", "\" \"")) {
            assertRefused(
                    send("POST", path, "", JSON, with(TRANSLATE, "api_key", absent)), status, "unauthorized", message);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/translate | 403 | Invalid API key",
                "/v2/translate | 403 | Authorization failure: the key is not valid",
                "/admin/keys | 401 | Unauthorized: the key is not valid",
            })
    void refused_withAWrongKey(String path, int status, String message) {
        String almost = key.substring(0, key.length() - 1) + (key.endsWith("a") ? "b" : "a");
        for (String wrong : List.of("placeholder", almost, revoked, key + "a", "dgm_", "ключ")) {
            Answer answer = send("POST", path, "", JSON, with(TRANSLATE, "api_key", "\"" + wrong + "\""));
            assertRefused(answer, status, "unauthorized", message);
            assertThat(answer.body()).doesNotContain(wrong);
        }
    }

    @Test
    void refused_withoutTheScope() {
        assertRefused(
                translate("Authorization: Bearer " + jobs),
                403,
                "forbidden",
                "Forbidden: the key is not for translate");
        assertRefused(
                send("POST", "/v2/translate", "Authorization: DeepL-Auth-Key " + admin, JSON, DEEPL),
                403,
                "forbidden",
                "Forbidden: the key is not for translate");
        assertRefused(
                send("GET", "/admin/keys", "Authorization: Bearer " + key, JSON, ""),
                403,
                "forbidden",
                "Forbidden: the key is not for admin");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /health",
        "GET, /livez",
        "GET, /readyz",
        "GET, /languages",
        "GET, /frontend/settings",
        "GET, /spec",
        "GET, /v2",
        "GET, /v2/health/ready",
        "GET, /actuator/health",
        "GET, /actuator/prometheus",
    })
    void open_toEverybody(String method, String path) {
        assertThat(send(method, path, "", JSON, "").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /translate",
        "POST, /detect",
        "POST, /translate_file",
        "POST, /suggest",
        "POST, /v2/translate",
        "GET, /v2/usage",
        "GET, /v2/languages",
        "GET, /v2/glossaries",
        "GET, /models",
        "GET, /v2/models/model",
        "GET, /admin/models",
        "PUT, /admin/models/x",
        "DELETE, /admin/models/x",
        "GET, /admin/cache",
        "DELETE, /admin/cache",
        "GET, /admin/keys",
        "POST, /admin/keys",
        "DELETE, /admin/keys/x",
    })
    void closed_withoutAKey(String method, String path) {
        assertThat(send(method, path, "", JSON, "").status()).isIn(400, 401, 403);
        assertThat(send(method, path, "", JSON, "").body()).contains("urn:dragoman:problem:unauthorized");
    }

    /** Of the server's own paths and of another protocol's: in the words of neither LibreTranslate nor DeepL. */
    @ParameterizedTest
    @ValueSource(strings = {"/models", "/v2/models/model", "/admin/models"})
    void refused_withAChallenge(String path) {
        Answer answer = send("GET", path, "", JSON, "");
        assertRefused(answer, 401, "unauthorized", "Unauthorized: send the header Authorization: Bearer KEY");
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
    }

    /** Administration is on no other port than that of management. */
    @Test
    void administration_isNotOnThePortOfTranslations() {
        Answer answer = server.send(HttpRequest.newBuilder(server.uri("/health").resolve("/admin/keys"))
                .header("Authorization", "Bearer " + admin));
        assertThat(answer.status()).isEqualTo(404);
    }

    @Test
    void settings_tellThatAKeyIsNeeded() {
        Answer answer = server.get("/frontend/settings");
        assertThat(answer.json().get("apiKeys").booleanValue()).isTrue();
        assertThat(answer.json().get("keyRequired").booleanValue()).isTrue();
    }

    private static String create(String json) {
        Answer answer = send("POST", "/admin/keys", "Authorization: Bearer " + admin, JSON, json);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.header("cache-control")).isEqualTo("no-store");
        return answer.json().get("key").stringValue();
    }

    @Test
    void administration_ofModelsWithAKey() {
        assertThat(send("GET", "/admin/models", "X-API-Key: " + admin, JSON, "").status())
                .isEqualTo(200);
        assertThat(send("DELETE", "/admin/cache", "X-API-Key: " + admin, JSON, "")
                        .status())
                .isEqualTo(200);
        assertRefused(
                send("PUT", "/admin/models/model", "X-API-Key: " + key, JSON, ""),
                403,
                "forbidden",
                "Forbidden: the key is not for admin");
    }

    @Test
    void administration_createsListsAndRevokes() {
        String created = create(
                "{\"name\":\"blog\",\"scopes\":[\"translate\",\"jobs\"],\"requestsPerMinute\":7,\"charactersPerMonth\":1000}");
        assertThat(translate("Authorization: Bearer " + created).status()).isEqualTo(200);
        Answer list = send("GET", "/admin/keys", "X-API-Key: " + admin, JSON, "");
        assertThat(list.body())
                .contains(
                        "\"prefix\":\"dgm_" + id(created) + "\",\"name\":\"blog\",\"scopes\":[\"translate\",\"jobs\"],"
                                + "\"requestsPerMinute\":7,\"charactersPerMonth\":1000,\"charactersThisMonth\":6")
                .containsPattern("\"created\":\"[-0-9]{10}T[:0-9]{8}\\.[0-9]{3}Z\"")
                .doesNotContain(created.substring(17))
                .doesNotContain("hash");
        assertThat(send("DELETE", "/admin/keys/" + id(created), "Authorization: Bearer " + admin, JSON, "")
                        .status())
                .isEqualTo(204);
        assertRefused(translate("Authorization: Bearer " + created), 403, "unauthorized", "Invalid API key");
        assertRefused(
                send("DELETE", "/admin/keys/" + id(created), "Authorization: Bearer " + admin, JSON, ""),
                404,
                "not-found",
                "Not found: there is no valid key of this id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | missing name parameter",
                "{\"name\":5} | name parameter must be a string",
                "{\"name\":\"a\",\"scopes\":[\"root\"]} | scopes must be of translate, jobs and admin, separated by commas, but one is root",
                "{\"name\":\"a\",\"scopes\":[\"my text\"]} | scopes must be of translate, jobs and admin, separated by commas, but one is of 7 characters",
                "{\"name\":\"a\",\"scopes\":[]} | scopes must be of translate, jobs and admin, separated by commas, but one is empty",
                "{\"name\":\"a\\u0000\"} | name must be of 1 to 100 printable characters, but has a control character",
                "{\"name\":\" \"} | name must be of 1 to 100 printable characters, but has none but spaces",
                "{\"name\":\"a\",\"requestsPerMinute\":\"many\"} | requestsPerMinute parameter is not a whole number",
                "{\"name\":\"a\",\"requestsPerMinute\":99999999999} | requests per minute must be from 1 to 1000000, but are 99999999999",
                "{\"name\":\"a\",\"charactersPerMonth\":0} | characters per month must be from 1 to 1000000000000, but are 0",
            })
    void administration_aBadKey(String json, String message) {
        assertRefused(
                send("POST", "/admin/keys", "Authorization: Bearer " + admin, JSON, json),
                400,
                "invalid-request",
                "Invalid request: " + message);
    }

    @Test
    void command_besideARunningServer() throws Exception {
        String created = TestSecurity.createKey(data, "translate", null, null);
        // The server looks every five seconds.
        for (int i = 0; i < 100 && translate("Authorization: Bearer " + created).status() != 200; i++) {
            Thread.sleep(200);
        }
        assertThat(translate("Authorization: Bearer " + created).status()).isEqualTo(200);
    }

    @Test
    void rate_isOfTheKey() {
        String slow = create("{\"name\":\"slow\",\"requestsPerMinute\":2}");
        assertThat(translate("X-API-Key: " + slow).status()).isEqualTo(200);
        assertThat(translate("X-API-Key: " + slow).status()).isEqualTo(200);
        Answer refused = translate("X-API-Key: " + slow);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.json().get("error").stringValue())
                .startsWith("Slowdown: the key's requests per minute (2) are used up, retry after ");
        assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(25, 30);
        assertThat(send("POST", "/v2/translate", "Authorization: DeepL-Auth-Key " + slow, JSON, DEEPL)
                        .status())
                .isEqualTo(429);
        assertThat(translate("X-API-Key: " + key).status()).isEqualTo(200);
        assertThat(server.get("/actuator/metrics/security.refusals?tag=reason:rate")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void quota_isOfTheKeyAndWhatFailsIsNotCounted() {
        String small = create("{\"name\":\"small\",\"charactersPerMonth\":14}");
        assertThat(translate("X-API-Key: " + small).status()).isEqualTo(200);
        // Refused before it is counted, and refused after.
        assertThat(send("POST", "/translate", "X-API-Key: " + small, JSON, TRANSLATE.replace("\"fr\"", "\"xx\""))
                        .status())
                .isEqualTo(400);
        assertUsage(small, 6, 14);
        assertThat(send("POST", "/v2/translate", "Authorization: DeepL-Auth-Key " + small, JSON, DEEPL)
                        .status())
                .isEqualTo(200);
        assertUsage(small, 12, 14);
        assertRefused(
                translate("X-API-Key: " + small),
                403,
                "quota-exceeded",
                "Quota exceeded. The key's characters per month (14) do not suffice: 12 are used and this request has 6");
        assertRefused(
                send("POST", "/v2/translate", "Authorization: DeepL-Auth-Key " + small, JSON, DEEPL),
                456,
                "quota-exceeded",
                "Quota for this billing period has been exceeded. The key's characters per month (14) do not suffice:"
                        + " 12 are used and this request has 6");
        Answer stream = server.send(HttpRequest.newBuilder(server.uri("/translate"))
                .header("Content-Type", JSON)
                .header("X-API-Key", small)
                .header("Accept", "application/x-ndjson")
                .POST(BodyPublishers.ofString(TRANSLATE)));
        assertThat(stream.status()).isEqualTo(403);
        assertUsage(small, 12, 14);
        assertThat(send("POST", "/translate", "X-API-Key: " + small, JSON, TRANSLATE.replace("Hello.", "A."))
                        .status())
                .isEqualTo(200);
        assertUsage(small, 14, 14);
    }

    private static void assertUsage(String text, long count, long limit) {
        assertThat(send("GET", "/v2/usage", "Authorization: DeepL-Auth-Key " + text, JSON, "")
                        .body())
                .isEqualTo("{\"character_count\":" + count + ",\"character_limit\":" + limit + "}");
    }

    /** A body that trickles holds a thread no longer than dragoman.limits.request-time, and is not read on after the refusal. */
    @ParameterizedTest
    @ValueSource(strings = {JSON, "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"})
    void body_thatTrickles(String type) throws Exception {
        assertThat(trickle("/translate", type))
                .startsWith("HTTP/1.1 408")
                .contains("urn:dragoman:problem:request-timeout");
    }

    /** Its answer is there at once, and what is still to come of the body is read no longer than any. */
    @Test
    void body_thatTrickles_andThatNobodyReads() throws Exception {
        assertThat(trickle("/nowhere", JSON)).startsWith("HTTP/1.1 404");
    }

    /** What a server answers that then hangs up, to a body of which a byte comes every tenth of a second. */
    private static String trickle(String path, String type) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(100);
            socket.getOutputStream()
                    .write(("POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Type: " + type
                                    + "\r\nContent-Length: 100000\r\n\r\n"
                                    + (type.startsWith("multipart")
                                            ? "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n"
                                            : ""))
                            .getBytes(StandardCharsets.US_ASCII));
            long begin = System.nanoTime();
            StringBuilder answer = new StringBuilder();
            boolean open = true;
            // The socket's patience is what paces the bytes.
            while (open && System.nanoTime() - begin < 10_000_000_000L) {
                try {
                    socket.getOutputStream().write(' ');
                    for (int read = socket.getInputStream().read();
                            ;
                            read = socket.getInputStream().read()) {
                        if (read < 0) {
                            open = false;
                            break;
                        }
                        answer.append((char) read);
                    }
                } catch (SocketTimeoutException silent) {
                    continue;
                } catch (IOException closed) {
                    open = false;
                }
            }
            assertThat(open).as("the server has hung up").isFalse();
            return answer.toString();
        }
    }

    private static void assertRefused(Answer answer, int status, String type, String message) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo(JSON);
        assertThat(answer.json().get("type").stringValue()).isEqualTo("urn:dragoman:problem:" + type);
        for (String member : List.of("detail", "message", "error")) {
            assertThat(answer.json().get(member).stringValue()).isEqualTo(message);
        }
        assertThat(answer.header("www-authenticate")).isEqualTo(status == 401 ? "Bearer" : "");
    }

    /** As on a full disk: what cannot be kept is not said to be, and whoever has a key goes on. */
    @Test
    void keys_whileTheirDatabaseCannotBeUsed() throws IOException {
        String bearer = "Authorization: Bearer " + admin;
        try (FileChannel file = FileChannel.open(data.resolve("dragoman.mv.db"), StandardOpenOption.WRITE);
                FileLock lock = lock(file)) {
            assertThat(lock.isValid()).isTrue();
            Answer created = send("POST", "/admin/keys", bearer, JSON, "{\"name\":\"one\"}");
            assertThat(created.status()).isEqualTo(503);
            assertThat(created.json().get("detail").stringValue())
                    .startsWith("Unavailable: the key was not created. The database of keys, ");
            assertThat(translate("Authorization: Bearer " + key).status()).isEqualTo(200);
            Answer deleted = send("DELETE", "/admin/keys/" + id(key), bearer, JSON, "");
            assertThat(deleted.status()).isEqualTo(503);
            assertThat(deleted.json().get("detail").stringValue())
                    .startsWith("Unavailable: the key was not revoked. The database of keys, ");
        }
        assertThat(translate("Authorization: Bearer " + key).status()).isEqualTo(200);
    }

    private static FileLock lock(FileChannel file) throws IOException {
        while (true) {
            try {
                return file.lock();
            } catch (OverlappingFileLockException inUse) {
                // The server has it open for a moment every few seconds.
                Thread.onSpinWait();
            }
        }
    }
}
