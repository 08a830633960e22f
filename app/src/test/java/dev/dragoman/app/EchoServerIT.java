package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.EchoServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The server that benchmarks measure: the whole of it, with a model that returns what it is given. */
class EchoServerIT {
    @Test
    void translate_returnsTheText() throws Exception {
        try (ConfigurableApplicationContext server =
                EchoServer.start("--server.port=0", "--management.server.port=0")) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + EchoServer.port(server) + "/translate"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"q\":\"The same. Again 7.\",\"source\":\"en\",\"target\":\"fr\"}"))
                    .build();
            // The second time it comes from the cache, and so is there before anybody has to wait for it.
            for (int time = 0; time < 2; time++) {
                HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
                String expected = "{\"translatedText\":\"The same. Again 7.\"}";
                assertThat(answer.body()).isEqualTo(expected);
                assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
                assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(expected.length());
            }
        }
    }
}
