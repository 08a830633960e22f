package dev.dragoman.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AccessLogIT {
    private static final String REQUEST = "{\"q\":\"Secret words.\",\"source\":\"en\",\"target\":\"fr\"}";

    private final FakeTranslator translator = new FakeTranslator("v1", TestServer.EN_FR);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private Logger root;

    @BeforeEach
    void listen() {
        appender.start();
    }

    /** After the start, which configures logging anew. */
    private void attach() {
        root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        access().setLevel(Level.INFO);
    }

    @AfterEach
    void detach() {
        root.detachAppender(appender);
        access().setLevel(null);
    }

    private static Logger access() {
        return (Logger) LoggerFactory.getLogger("dragoman.access");
    }

    @Test
    void log_oneLineForEachRequestWithoutItsText() {
        try (TestServer server = TestServer.start(translator, "dragoman.access-log=true")) {
            attach();
            Answer answer = server.postJson(REQUEST);
            Answer named =
                    server.send(HttpRequest.newBuilder(server.uri("/translate?q=Secret+query.&source=en&target=fr"))
                            .header("X-Request-ID", "my-id.1")
                            .POST(HttpRequest.BodyPublishers.noBody()));
            server.get("/Secret%20path");
            server.get("/languages;secret=Secret");
            server.send(HttpRequest.newBuilder(server.uri("/health")).header("X-Request-ID", "Secret id"));
            server.sendRaw("SECRET\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(answer.header("x-request-id")).matches("[0-9a-f-]{36}");
            assertThat(named.header("x-request-id")).isEqualTo("my-id.1");
            await(6);
            assertThat(lines())
                    .anyMatch(line -> line.matches("method=POST path=/translate status=200 bytes="
                            + answer.body().length() + " milliseconds=[0-9.]+ id=" + answer.header("x-request-id")))
                    .anyMatch(line -> line.matches("method=POST path=/translate status=200 .* id=my-id.1"))
                    .anyMatch(line -> line.matches("method=GET path=- status=404 .*"))
                    .anyMatch(line -> line.matches("method=GET path=/health status=200 .*"))
                    .allSatisfy(line -> assertThat(line).doesNotContainIgnoringCase("secret"));
        }
    }

    @Test
    void log_nothingUnlessAsked() {
        try (TestServer server = TestServer.start(translator)) {
            attach();
            assertThat(server.postJson(REQUEST).header("x-request-id")).isEmpty();
            assertThat(lines()).isEmpty();
        }
    }

    private void await(int count) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (lines().size() < count && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private List<String> lines() {
        return List.copyOf(appender.list).stream()
                .filter(event -> event.getLoggerName().equals("dragoman.access"))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
