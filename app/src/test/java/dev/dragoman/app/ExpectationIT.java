package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that ask whether their body is wanted before they send it. */
class ExpectationIT {
    private static final String BODY = "{\"q\":\"Hello.\",\"source\":\"en\",\"target\":\"fr\"}";

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(new FakeTranslator("v1", TestServer.EN_FR), "dragoman.limits.request-size=1MB");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Socket ask(int port, String path, long length, String header) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        // Less than the server waits for a silent client, so that an answer which comes only then is missed.
        socket.setSoTimeout(10_000);
        send(
                socket,
                "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + header
                        + "Expect: 100-continue\r\nContent-Length: " + length + "\r\n\r\n");
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** Until the server hangs up, which it has to do by itself. */
    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String headers(Socket socket) throws IOException {
        InputStream input = socket.getInputStream();
        StringBuilder headers = new StringBuilder();
        while (headers.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            assertThat(next).as(headers.toString()).isNotNegative();
            headers.append((char) next);
        }
        return headers.toString();
    }

    @Test
    void body_overTheLimitIsNotAskedFor() throws IOException {
        for (String path : new String[] {"/translate", "/v2/translate", "/detect"}) {
            try (Socket socket = ask(server.port(), path, 1_048_577, "")) {
                assertThat(rest(socket))
                        .startsWith("HTTP/1.1 413 ")
                        .contains("\"limit\":1048576,\"value\":1048577}")
                        .doesNotContain("100 Continue");
            }
        }
    }

    @Test
    void body_compressedIsNotAskedFor() throws IOException {
        try (Socket socket = ask(server.port(), "/translate", 100, "Content-Encoding: gzip\r\n")) {
            assertThat(rest(socket)).startsWith("HTTP/1.1 415 ");
        }
    }

    @Test
    void body_overTheLimitIsNotAskedForOnTheManagementPort() throws IOException {
        try (Socket socket = ask(server.managementPort(), "/admin/keys", 1_048_577, "")) {
            assertThat(rest(socket)).startsWith("HTTP/1.1 4").doesNotContain("100 Continue");
        }
    }

    @Test
    void body_thatIsWantedIsAskedForAndTranslated() throws IOException {
        try (Socket socket = ask(server.port(), "/translate", BODY.length(), "Connection: close\r\n")) {
            assertThat(headers(socket)).startsWith("HTTP/1.1 100 ");
            send(socket, BODY);
            assertThat(rest(socket)).startsWith("HTTP/1.1 200 ").endsWith("{\"translatedText\":\"HELLO.\"}");
        }
    }

    @Test
    void body_thatNobodyReadsIsNotAskedFor() throws IOException {
        try (Socket socket = ask(server.port(), "/zwieback", 100, "")) {
            assertThat(rest(socket)).startsWith("HTTP/1.1 404 ");
        }
    }
}
