package dev.dragoman.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.system.ServerProcess;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The paths and the metric that {@code k8s/} names, asked of the packaged server. */
class DeploymentIT {
    private static final PodTemplateSpec TEMPLATE =
            Manifests.base(Deployment.class).getSpec().getTemplate();

    private static ServerProcess server;

    @BeforeAll
    static void start() {
        server = ServerProcess.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void probes_areAnsweredOnTheirPorts() {
        Container container = TEMPLATE.getSpec().getContainers().get(0);
        assertThat(Stream.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe()))
                .allSatisfy(probe -> {
                    HTTPGetAction get = probe.getHttpGet();
                    // The server's process tells the two ports apart by this.
                    assertThat(get.getPort().getStrVal())
                            .isEqualTo(get.getPath().startsWith("/actuator") ? "management" : "http");
                    assertThat(server.get(get.getPath()).status()).isEqualTo(200);
                });
    }

    @Test
    void autoscaler_followsAMetricThatIsScraped() {
        String path = TEMPLATE.getMetadata().getAnnotations().get("prometheus.io/path");
        assertThat(server.get(path).contentType()).startsWith("text/plain");
        String metric = Manifests.base(HorizontalPodAutoscaler.class)
                .getSpec()
                .getMetrics()
                .get(0)
                .getPods()
                .getMetric()
                .getName();
        assertThat(server.get(path).body().lines())
                .contains("# TYPE " + metric + " gauge")
                .anyMatch(line -> line.startsWith(metric + "{"));
    }
}
