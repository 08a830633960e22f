package dev.dragoman.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.system.Repository;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of {@code k8s/} against each other, the image and the server's settings. */
class DeploymentTest {
    private static final Deployment DEPLOYMENT = Manifests.base(Deployment.class);
    private static final PodTemplateSpec TEMPLATE = DEPLOYMENT.getSpec().getTemplate();
    private static final PodSpec POD = TEMPLATE.getSpec();
    private static final Container CONTAINER = POD.getContainers().get(0);
    private static final ServerSettings SETTINGS = new ServerSettings();

    @Test
    void ports_areTheServers() {
        Map<String, Integer> ports = CONTAINER.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
        assertThat(ports)
                .containsOnly(
                        Map.entry("http", Integer.valueOf(SETTINGS.value("server.port"))),
                        Map.entry("management", Integer.valueOf(SETTINGS.value("management.server.port"))));
        assertThat(environment(CONTAINER))
                .containsEntry("SERVER_PORT", String.valueOf(ports.get("http")))
                .containsEntry("MANAGEMENT_SERVER_PORT", String.valueOf(ports.get("management")));
        assertThat(TEMPLATE.getMetadata().getAnnotations())
                .containsEntry("prometheus.io/port", String.valueOf(ports.get("management")));
        assertThat(Stream.of(CONTAINER.getStartupProbe(), CONTAINER.getReadinessProbe(), CONTAINER.getLivenessProbe())
                        .map(probe -> probe.getHttpGet().getPort().getStrVal()))
                .isSubsetOf(ports.keySet());
        assertThat(Manifests.base(Service.class).getSpec().getPorts())
                .singleElement()
                .satisfies(port -> {
                    assertThat(port.getTargetPort().getStrVal()).isEqualTo("http");
                    assertThat(port.getPort()).isEqualTo(ports.get("http"));
                });
        assertThat(Manifests.base(NetworkPolicy.class).getSpec().getIngress().stream()
                        .flatMap(rule -> rule.getPorts().stream())
                        .map(port -> port.getPort().getStrVal()))
                .containsExactlyInAnyOrderElementsOf(ports.keySet());
    }

    /** Without keys the server would listen where no probe reaches it; then the network policy has to let in nobody but those it names. */
    @Test
    void openness_isTheNetworkPolicys() {
        assertThat(environment(CONTAINER)).containsEntry("DRAGOMAN_SECURITY_OPEN", "true");
        assertThat(Manifests.base(NetworkPolicy.class).getSpec().getIngress())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.getFrom()).isNotEmpty());
    }

    @Test
    void selectors_findThePods() {
        Map<String, String> labels = TEMPLATE.getMetadata().getLabels();
        assertThat(labels).isNotEmpty();
        assertThat(List.of(
                        DEPLOYMENT.getSpec().getSelector().getMatchLabels(),
                        Manifests.base(Service.class).getSpec().getSelector(),
                        Manifests.base(NetworkPolicy.class)
                                .getSpec()
                                .getPodSelector()
                                .getMatchLabels(),
                        Manifests.base(PodDisruptionBudget.class)
                                .getSpec()
                                .getSelector()
                                .getMatchLabels(),
                        POD.getTopologySpreadConstraints()
                                .get(0)
                                .getLabelSelector()
                                .getMatchLabels()))
                .allSatisfy(selector -> assertThat(selector).isEqualTo(labels));
        var target = Manifests.base(HorizontalPodAutoscaler.class).getSpec().getScaleTargetRef();
        assertThat(target.getApiVersion() + " " + target.getKind() + " " + target.getName())
                .isEqualTo(DEPLOYMENT.getApiVersion() + " Deployment "
                        + DEPLOYMENT.getMetadata().getName());
        ServiceAccount account = Manifests.base(ServiceAccount.class);
        assertThat(POD.getServiceAccountName()).isEqualTo(account.getMetadata().getName());
        assertThat(account.getAutomountServiceAccountToken()).isFalse();
    }

    @Test
    void container_hasNoPrivileges() {
        var pod = POD.getSecurityContext();
        var container = CONTAINER.getSecurityContext();
        assertThat(pod.getRunAsNonRoot()).isTrue();
        assertThat(pod.getRunAsUser() + ":" + pod.getRunAsGroup())
                .isEqualTo(Dockerfile.read().argument("cpu", "USER"));
        assertThat(pod.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(container.getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getPrivileged()).isFalse();
        assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getCapabilities().getAdd()).isEmpty();
        assertThat(POD.getAutomountServiceAccountToken()).isFalse();
    }

    @Test
    void volumes_giveTheServerItsTemporaryFiles() {
        assertThat(CONTAINER.getVolumeMounts()).singleElement().satisfies(mount -> {
            assertThat(mount.getMountPath()).isEqualTo("/tmp");
            assertThat(POD.getVolumes()).singleElement().satisfies(volume -> {
                assertThat(volume.getName()).isEqualTo(mount.getName());
                assertThat(volume.getEmptyDir().getSizeLimit()).isNotNull();
            });
        });
    }

    @Test
    void end_isLongEnoughForWhatIsUnderWay() {
        Duration grace = Duration.ofSeconds(POD.getTerminationGracePeriodSeconds());
        Duration sleep = Duration.ofSeconds(
                CONTAINER.getLifecycle().getPreStop().getSleep().getSeconds());
        Duration shutdown = SETTINGS.seconds("spring.lifecycle.timeout-per-shutdown-phase");
        assertThat(grace).isGreaterThanOrEqualTo(sleep.plus(shutdown).plusSeconds(10));
        Probe readiness = CONTAINER.getReadinessProbe();
        assertThat(sleep)
                .as("a pod that is ending has been found not ready, too, before it stops to listen")
                .isGreaterThanOrEqualTo(
                        Duration.ofSeconds((long) readiness.getPeriodSeconds() * readiness.getFailureThreshold()));
    }

    @Test
    void resources_areWithinTheirLimits() {
        Map<String, Quantity> limits = CONTAINER.getResources().getLimits();
        Map<String, Quantity> requests = CONTAINER.getResources().getRequests();
        assertThat(requests.keySet()).containsExactlyInAnyOrder("cpu", "memory").isEqualTo(limits.keySet());
        requests.forEach((name, quantity) -> assertThat(quantity.getNumericalAmount())
                .as(name)
                .isLessThanOrEqualTo(limits.get(name).getNumericalAmount()));
        assertThat(requests.get("memory")).as("memory cannot be lent").isEqualTo(limits.get("memory"));
    }

    @Test
    void autoscaler_asksForMoreBeforeRequestsAreRefused() {
        HorizontalPodAutoscaler autoscaler = Manifests.base(HorizontalPodAutoscaler.class);
        int replicas = autoscaler.getSpec().getMinReplicas();
        assertThat(autoscaler.getSpec().getMaxReplicas()).isGreaterThan(replicas);
        assertThat(DEPLOYMENT.getSpec().getReplicas())
                .as("set by the autoscaler")
                .isNull();
        assertThat(Manifests.base(PodDisruptionBudget.class)
                        .getSpec()
                        .getMaxUnavailable()
                        .getIntVal())
                .as("some pod stays")
                .isLessThan(replicas);
        assertThat(autoscaler.getSpec().getMetrics())
                .singleElement()
                .satisfies(metric -> assertThat(metric.getPods()
                                .getTarget()
                                .getAverageValue()
                                .getNumericalAmount()
                                .intValueExact())
                        .isLessThan(Integer.parseInt(environment(CONTAINER).get("DRAGOMAN_QUEUE_TOKENS")) / 4));
    }

    @Test
    void environment_isReadByTheServer() {
        assertThat(containers().flatMap(container -> environment(container).keySet().stream()))
                .isNotEmpty()
                .isSubsetOf(SETTINGS.environmentVariables());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "gpu"})
    void overlay_namesTheImageOfThisVersion(String overlay) {
        Kustomization kustomization = Manifests.kustomization(
                Manifests.folder().resolve("overlays").resolve(overlay).resolve("kustomization.yaml"));
        assertThat(kustomization.images()).singleElement().satisfies(image -> {
            assertThat(image.name()).isEqualTo(CONTAINER.getImage());
            assertThat(image.newTag()).isEqualTo(Repository.releaseVersion() + (overlay.equals("gpu") ? "-cuda" : ""));
        });
    }

    @Test
    void patches_areOfTheContainer() {
        assertThat(containers().map(Container::getName)).containsOnly(CONTAINER.getName());
    }

    /** Of the base and of all that changes it. */
    private static Stream<Container> containers() {
        return Manifests.files().stream()
                .filter(file -> file.endsWith("deployment.yaml"))
                .map(file -> (Deployment) Manifests.read(file))
                .flatMap(deployment -> deployment.getSpec().getTemplate().getSpec().getContainers().stream());
    }

    private static Map<String, String> environment(Container container) {
        return container.getEnv().stream().collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
    }
}
