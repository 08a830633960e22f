package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Startup, readiness and liveness, on both ports, as models go and come. */
class HealthIT {
    @TempDir
    private Path model;

    @Test
    void groups_whileModelsGoAndCome() throws IOException {
        Files.writeString(Files.createDirectory(model.resolve("model")).resolve("config.json"), "{}");
        try (TestServer server = TestServer.start(
                (Path directory) -> new FakeTranslator("v1", TestServer.EN_FR), "dragoman.models=" + model)) {
            assertHealth(server, 200, 200, 200);
            assertThat(server.get("/v2/health/ready").status()).isEqualTo(200);

            server.send(
                    HttpRequest.newBuilder(server.uri("/admin/models/model")).DELETE());
            // A server without models is no place for requests, but neither starting nor broken.
            assertHealth(server, 200, 503, 200);
            assertThat(server.get("/v2/health/ready").status()).isEqualTo(503);

            server.send(
                    HttpRequest.newBuilder(server.uri("/admin/models/model")).PUT(HttpRequest.BodyPublishers.noBody()));
            assertHealth(server, 200, 200, 200);
        }
    }

    private static void assertHealth(TestServer server, int startup, int readiness, int liveness) {
        assertThat(server.get("/actuator/health/startup").status()).isEqualTo(startup);
        assertThat(server.get("/startupz").status()).isEqualTo(startup);
        assertThat(server.get("/actuator/health/readiness").status()).isEqualTo(readiness);
        assertThat(server.get("/readyz").status()).isEqualTo(readiness);
        assertThat(server.get("/actuator/health/liveness").status()).isEqualTo(liveness);
        assertThat(server.get("/livez").status()).isEqualTo(liveness);
    }
}
