package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other sites; by raw requests, since the JDK's client sets no Origin. */
class CorsIT {
    private static final String ALLOWED = "https://app.example";

    private static TestServer off;
    private static TestServer on;

    @BeforeAll
    static void start() {
        off = TestServer.start(new FakeTranslator("v1", TestServer.EN_FR));
        on = TestServer.start(
                new FakeTranslator("v1", TestServer.EN_FR),
                "dragoman.cors.origins=" + ALLOWED + ",http://localhost:3000");
    }

    @AfterAll
    static void stop() {
        off.close();
        on.close();
    }

    private static String preflight(int port, String path, String origin, String method, String headers) {
        return exchange(
                port,
                "OPTIONS " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nOrigin: " + origin
                        + "\r\nAccess-Control-Request-Method: " + method + "\r\nAccess-Control-Request-Headers: "
                        + headers
                        + "\r\n\r\n");
    }

    private static String translate(int port, String origin) {
        String body = "{\"q\":\"Hello.\",\"source\":\"en\",\"target\":\"fr\"}";
        return exchange(
                port,
                "POST /translate HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nOrigin: "
                        + origin + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static String exchange(int port, String request) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    @Test
    void off_byDefault() {
        assertThat(preflight(off.port(), "/translate", ALLOWED, "POST", "content-type"))
                .doesNotContain("Access-Control-Allow");
        assertThat(translate(off.port(), ALLOWED)).startsWith("HTTP/1.1 200").doesNotContain("Access-Control-Allow");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/translate", "/detect", "/v2/translate"})
    void preflight_ofAnAllowedOrigin(String path) {
        assertThat(preflight(on.port(), path, ALLOWED, "POST", "content-type, authorization, x-api-key"))
                .startsWith("HTTP/1.1 200")
                .contains("Access-Control-Allow-Origin: " + ALLOWED + "\r\n")
                .containsPattern("Access-Control-Allow-Methods: .*POST")
                .containsPattern("Access-Control-Allow-Headers: .*authorization")
                .doesNotContain("Access-Control-Allow-Credentials");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "http://app.example", "https://app.example:8443", "null"})
    void preflight_ofAnother(String origin) {
        assertThat(preflight(on.port(), "/translate", origin, "POST", "content-type"))
                .startsWith("HTTP/1.1 403")
                .doesNotContain("Access-Control-Allow-Origin");
    }

    @Test
    void preflight_ofAnotherMethod() {
        assertThat(preflight(on.port(), "/translate", ALLOWED, "DELETE", "content-type"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void request_ofAnAllowedOriginAndOfAnother() {
        assertThat(translate(on.port(), ALLOWED))
                .startsWith("HTTP/1.1 200")
                .contains("Access-Control-Allow-Origin: " + ALLOWED)
                .contains("HELLO.");
        assertThat(translate(on.port(), "https://evil.example"))
                .startsWith("HTTP/1.1 403")
                .contains("Content-Type: application/json\r\n")
                .contains("\"error\":\"Forbidden: dragoman.cors.origins does not let this page")
                .doesNotContain("HELLO.", "evil.example");
    }

    @Test
    void administration_isForNoPage() {
        assertThat(preflight(on.managementPort(), "/admin/keys", ALLOWED, "POST", "content-type"))
                .startsWith("HTTP/1.1 403")
                .contains("urn:dragoman:problem:forbidden")
                .doesNotContain("Access-Control-Allow-Origin");
    }
}
