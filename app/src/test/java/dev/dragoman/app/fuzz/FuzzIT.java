package dev.dragoman.app.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.security.TestSecurity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Malformed requests, half of them made of the server's own description and half of them spoilt byte by byte: each is answered or closed
 * within seconds, none with our fault, with a trace of our code or with the text that was sent, and the server is well afterwards.
 *
 * <p>Some hundreds in every build; the profile {@code fuzz} sends 24,000. {@code -Dfuzz.seed=S} sends others, and the same ones each time.
 */
class FuzzIT {
    private static final int REQUESTS = Integer.getInteger("fuzz.requests", 600);
    private static final long SEED = Long.getLong("fuzz.seed", 1);

    /** After which a request counts as hung. */
    private static final int PATIENCE_MILLIS = 10_000;

    private static final Pattern STATUS = Pattern.compile("(?m)^HTTP/1\\.1 (\\d{3}) ");
    private static final Pattern STATUS_IN_BODY = Pattern.compile("\"status\":(\\d{3})");
    private static final Pattern TRACE = Pattern.compile("\\tat |Exception|dev\\.dragoman|java\\.lang|springframework");

    private static TestServer server;
    private static String key;

    private final Map<String, Integer> statuses = new TreeMap<>();

    @BeforeAll
    static void start() {
        Path data = TestSecurity.temporaryDirectory();
        key = TestSecurity.createKey(data, "translate", null, null);
        server = TestServer.start(
                new FakeTranslator("v1", TestServer.EN_FR, TestServer.EN_DE),
                "dragoman.data=" + data,
                "dragoman.limits.characters=1000",
                "dragoman.limits.texts=8",
                "dragoman.limits.alternatives=3",
                "dragoman.limits.request-size=256KB");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void requests_thatAreMalformed() {
        System.out.println("fuzz.requests=" + REQUESTS + " fuzz.seed=" + SEED);
        Random random = new Random(SEED);
        RequestFuzzer fuzzer = new RequestFuzzer(server.get("/openapi.json").json(), key, random);
        ByteMutator mutator = new ByteMutator(random);
        List<String> faults = new ArrayList<>();
        assertThat(fuzzer.operations()).isGreaterThan(20);
        for (int number = 0; number < REQUESTS; number++) {
            FuzzedRequest request = fuzzer.next(number / 2);
            FuzzedRequest sent = number % 2 == 0 ? request : mutator.mutate(request);
            String fault = faultOf(sent);
            if (fault != null) {
                faults.add("request " + number + ", " + sent + "\n" + fault);
            }
        }
        System.out.println("answers by status: " + statuses);
        System.out.println("faults: " + faults.size());
        assertThat(faults.stream().limit(20)).as("of seed " + SEED).isEmpty();
        assertThat(statuses).containsKeys("200", "400", "404", "405", "415");
        assertWell();
    }

    /** What is wrong with the answer to a request; null if nothing is. */
    private @Nullable String faultOf(FuzzedRequest request) {
        String answer;
        try {
            answer = send(request);
        } catch (SocketTimeoutException hung) {
            return "neither answered nor closed after " + PATIENCE_MILLIS + " ms";
        }
        List<String> all = statuses(answer);
        all.forEach(status -> statuses.merge(status, 1, Integer::sum));
        if (all.isEmpty()) {
            statuses.merge("closed", 1, Integer::sum);
            return request.isHttp() ? "closed without an answer" : null;
        }
        boolean isOurs = all.stream()
                .anyMatch(status -> status.startsWith("5") && !(status.equals("504") && request.tellsItsPatience()));
        if (isOurs || answer.contains("urn:dragoman:problem:internal\",\"status")) {
            return "our fault: " + answer;
        }
        boolean isRefused = all.stream().allMatch(status -> status.startsWith("4"));
        if (isRefused
                && (answer.contains(OddValues.SECRET) || TRACE.matcher(answer).find())) {
            return "the text or our code repeated: " + answer;
        }
        return null;
    }

    /**
     * Of all answers on a connection. To what may be HTTP/0.9, Tomcat answers with a body alone; also to a target that it cannot read, after it
     * has answered such a request before.
     */
    private static List<String> statuses(String answer) {
        Pattern pattern = answer.startsWith("{\"type\"") ? STATUS_IN_BODY : STATUS;
        List<String> all =
                pattern.matcher(answer).results().map(match -> match.group(1)).toList();
        return all.isEmpty() && !answer.isEmpty() ? List.of("0.9") : all;
    }

    /** What comes back until the server hangs up, also with a reset, as of what it has not read. */
    private static String send(FuzzedRequest request) throws SocketTimeoutException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            try {
                socket.getOutputStream().write(request.bytes());
                if (!request.isHttp()) {
                    socket.shutdownOutput();
                }
            } catch (IOException refused) {
                // The answer may have come before the end of the request.
                assertThat(refused).isNotInstanceOf(SocketTimeoutException.class);
            }
            byte[] buffer = new byte[8_192];
            InputStream input = socket.getInputStream();
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                answer.write(buffer, 0, count);
            }
        } catch (SocketTimeoutException hung) {
            throw hung;
        } catch (IOException reset) {
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    private static void assertWell() {
        TestServer.Answer answer = server.send(HttpRequest.newBuilder(server.uri("/translate"))
                .header("Content-Type", "application/json")
                .header("X-API-Key", key)
                .POST(BodyPublishers.ofString("{\"q\":\"Still well.\",\"source\":\"en\",\"target\":\"fr\"}")));
        assertThat(answer.body()).isEqualTo("{\"translatedText\":\"STILL WELL.\"}");
        assertThat(server.get("/actuator/metrics/translation.queue.tokens")
                        .json()
                        .at("/measurements/0/value")
                        .intValue())
                .isZero();
        assertThat(server.get("/readyz").status()).isEqualTo(200);
    }
}
