package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;

class HealthCheckIT {
    @Test
    void problem_followsTheReadiness() {
        int port;
        try (TestServer server = TestServer.start(new FakeTranslator("v1", TestServer.EN_FR))) {
            port = server.port();
            assertThat(HealthCheck.problem(port)).isEmpty();
            AvailabilityChangeEvent.publish(server.context(), ReadinessState.REFUSING_TRAFFIC);
            assertThat(HealthCheck.problem(port)).endsWith("/readyz answers 503");
        }
        assertThat(HealthCheck.problem(port)).startsWith("127.0.0.1:" + port + " does not answer");
    }

    @Test
    void port_isThatOfTheServer() {
        assertThat(HealthCheck.port(null)).isEqualTo(8080);
        assertThat(HealthCheck.port("")).isEqualTo(8080);
        assertThat(HealthCheck.port("9090")).isEqualTo(9090);
    }
}
