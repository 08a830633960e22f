package dev.dragoman.app.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpServer;
import dev.dragoman.app.fixture.FakeOpener;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import dev.dragoman.app.sentences.StageListener;
import dev.dragoman.inference.LanguagePair;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.support.GenericApplicationContext;

/** What a collector gets to see of a request, and what it does not. */
class TracesIT {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";
    private static final String TEXT = "Secret words. Secret again.";

    @TempDir
    private Path models;

    private final Exporter exporter = new Exporter();

    private static final class Exporter implements SpanExporter {
        private final List<SpanData> spans = new ArrayList<>();

        @Override
        public synchronized CompletableResultCode export(Collection<SpanData> exported) {
            spans.addAll(exported);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }

        synchronized List<SpanData> named(String name) {
            return spans.stream().filter(span -> span.getName().equals(name)).toList();
        }
    }

    @Test
    void trace_hasTheStagesOfBothModelsBelowTheRequest() {
        try (TestServer server = start("dragoman.traces.endpoint=http://unused", "dragoman.traces.probability=0")) {
            Answer answer = translate(server, "fr", "de");
            assertThat(answer.status()).isEqualTo(200);
            SpanData request = spans(server, "http post /translate", 1).get(0);
            // The caller's trace goes on, whatever the share of those that begin here.
            assertThat(request.getTraceId()).isEqualTo(TRACE);
            assertThat(request.getParentSpanId()).isEqualTo(CALLER);
            for (String stage : List.of("queue", "decode")) {
                // Each sentence goes on to the second model by itself.
                List<SpanData> spans = spans(server, stage, 3);
                assertThat(spans).allSatisfy(span -> {
                    assertThat(span.getTraceId()).isEqualTo(TRACE);
                    assertThat(span.getParentSpanId()).isEqualTo(request.getSpanId());
                    assertThat(attribute(span, "known")).isEqualTo("0");
                    assertThat(span.getStartEpochNanos()).isLessThanOrEqualTo(span.getEndEpochNanos());
                    assertThat(span.getStartEpochNanos())
                            .isCloseTo(request.getStartEpochNanos(), within(TimeUnit.SECONDS.toNanos(20)));
                });
                assertThat(spans)
                        .extracting(span -> attribute(span, "model") + " " + attribute(span, "pair") + " "
                                + attribute(span, "sentences") + " " + attribute(span, "tokens"))
                        .containsExactlyInAnyOrder("french fr-en 2 4", "german en-de 1 2", "german en-de 1 2");
            }
        }
    }

    @Test
    void trace_hasNoText() {
        try (TestServer server = start("dragoman.traces.endpoint=http://unused", "dragoman.traces.probability=1")) {
            translate(server, "fr", "de");
            server.postJson("{\"q\":\"Secret\",\"source\":\"Secret\",\"target\":\"de\"}");
            server.postJson("{\"q\":\"" + FakeTranslator.POISON + " Secret.\",\"source\":\"en\",\"target\":\"de\"}");
            server.postJson("Secret");
            server.get("/Secret?q=Secret");
            server.send(HttpRequest.newBuilder(server.uri("/translate?q=Secret&source=en&target=de"))
                    .POST(BodyPublishers.noBody()));
            spans(server, "http post /translate", 5);
            assertThat(exporter.spans)
                    .hasSizeGreaterThan(8)
                    .allSatisfy(span -> assertThat(
                                    span.getName() + span.getAttributes() + span.getEvents() + span.getStatus())
                            .doesNotContainIgnoringCase("secret"));
        }
    }

    @Test
    void trace_ofWhatTheCacheKnew() {
        try (TestServer server = start("dragoman.traces.endpoint=http://unused", "dragoman.traces.probability=1")) {
            translate(server, "en", "de");
            server.postJson("{\"q\":\"Secret words. And new.\",\"source\":\"en\",\"target\":\"de\"}");
            assertThat(spans(server, "decode", 2)).anySatisfy(span -> {
                assertThat(attribute(span, "sentences")).isEqualTo("1");
                assertThat(attribute(span, "known")).isEqualTo("1");
            });
            translate(server, "en", "de");
            spans(server, "http post /translate", 3);
            assertThat(exporter.named("decode")).hasSize(2);
        }
    }

    @Test
    void traces_areSentToACollector() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        HttpServer collector = collector(received);
        try {
            String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces";
            try (TestServer server = TestServer.start(
                    new FakeTranslator("v1", TestServer.EN_DE),
                    "dragoman.traces.endpoint=" + endpoint,
                    "dragoman.traces.probability=1")) {
                translate(server, "en", "de");
            }
            // Closing the server sends what is left.
            StringBuilder all = new StringBuilder();
            for (String next = received.poll(10, TimeUnit.SECONDS); next != null; next = received.poll()) {
                all.append(next);
            }
            assertThat(all.toString())
                    .contains("service.name", "dragoman", "http post /translate", "queue", "decode", "en-de")
                    .doesNotContainIgnoringCase("secret");
        } finally {
            collector.stop(0);
        }
    }

    @Test
    void traces_areAbsentWithoutAnEndpoint() {
        try (TestServer server = TestServer.start(new FakeTranslator("v1", TestServer.EN_DE))) {
            assertThat(server.context().getBeanProvider(StageListener.class).getIfAvailable())
                    .isNull();
            assertThat(server.context().getBeansOfType(SpanExporter.class)).isEmpty();
        }
    }

    private static HttpServer collector(BlockingQueue<String> received) throws IOException {
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            byte[] body = new GZIPInputStream(exchange.getRequestBody()).readAllBytes();
            received.add(new String(body, StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        return collector;
    }

    private TestServer start(String... properties) {
        SpringApplication application = TestServer.application(new FakeOpener(directory -> directory.endsWith("french")
                ? new FakeTranslator("v1", new LanguagePair("fr", "en"))
                : new FakeTranslator("v2", TestServer.EN_DE)));
        application.addInitializers(
                context -> ((GenericApplicationContext) context).registerBean(SpanExporter.class, () -> exporter));
        String[] all = new String[properties.length + 1];
        System.arraycopy(properties, 0, all, 0, properties.length);
        all[properties.length] = "dragoman.models=" + directories();
        return TestServer.start(application, all);
    }

    private Path directories() {
        try {
            for (String name : List.of("french", "german")) {
                Files.writeString(Files.createDirectories(models.resolve(name)).resolve("config.json"), "{}");
            }
            return models;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Answer translate(TestServer server, String source, String target) {
        return server.send(HttpRequest.newBuilder(server.uri("/translate"))
                .header("Content-Type", "application/json")
                .header("traceparent", "00-" + TRACE + "-" + CALLER + "-01")
                .POST(BodyPublishers.ofString(
                        "{\"q\":\"" + TEXT + "\",\"source\":\"" + source + "\",\"target\":\"" + target + "\"}")));
    }

    /** Waits for spans, since a request's own ends after its answer. */
    private List<SpanData> spans(TestServer server, String name, int count) {
        SdkTracerProvider provider = server.context().getBean(SdkTracerProvider.class);
        long end = System.nanoTime() + 10_000_000_000L;
        do {
            provider.forceFlush().join(10, TimeUnit.SECONDS);
        } while (exporter.named(name).size() < count && System.nanoTime() < end);
        assertThat(exporter.named(name)).hasSize(count);
        return exporter.named(name);
    }

    private static String attribute(SpanData span, String name) {
        return span.getAttributes().asMap().entrySet().stream()
                .filter(entry -> entry.getKey().getKey().equals(name))
                .map(entry -> entry.getValue().toString())
                .findFirst()
                .orElse("");
    }
}
