package dev.dragoman.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.system.Repository;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every file of {@code k8s/} by itself, and that kustomize finds all of them. */
class ManifestsTest {
    static Stream<Path> objects() {
        return Manifests.files().stream().filter(file -> !Manifests.isKustomization(file));
    }

    static Stream<Path> kustomizations() {
        return Manifests.files().stream().filter(Manifests::isKustomization);
    }

    @ParameterizedTest
    @MethodSource("objects")
    void file_isOneObjectOfItsName(Path file) {
        HasMetadata object = Manifests.read(file);
        assertThat(file.getFileName()).hasToString(object.getKind().toLowerCase(Locale.ROOT) + ".yaml");
        assertThat(object.getMetadata().getName()).isEqualTo("dragoman");
    }

    @ParameterizedTest
    @CsvSource({
        "maxUnavailable: 0, maxUnavailabel: 0",
        "revisionHistoryLimit: 5, revisionHistoryLimits: 5",
        "readOnlyRootFilesystem: true, readOnlyRootFileSystem: true",
        "periodSeconds: 2, periodSecond: 2",
        "mountPath: /tmp, path: /tmp",
        "runAsGroup: 65532, runAsUser: 65532",
        "sizeLimit: 64Mi, sizelimit: 64Mi",
    })
    void parse_refusesWhatIsMisspeltOrTwice(String right, String wrong) throws IOException {
        String yaml = Files.readString(Manifests.folder().resolve("base/deployment.yaml"));
        assertThat(yaml).contains(right);
        assertThat(Manifests.parse(yaml)).hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Manifests.parse(yaml.replace(right, wrong)))
                .withMessageContaining(wrong.substring(0, wrong.indexOf(':')));
    }

    @Test
    void parse_refusesOtherKinds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Manifests.parse("apiVersion: apps/v1beta1\nkind: Deployment\n"))
                .withMessage("Unknown kind apps/v1beta1 Deployment");
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void kustomization_namesAllThatLiesBesideIt(Path file) throws IOException {
        Kustomization kustomization = Manifests.kustomization(file);
        boolean component = kustomization.kind().equals("Component");
        assertThat(kustomization.kind() + " " + kustomization.apiVersion())
                .isEqualTo(
                        component
                                ? "Component kustomize.config.k8s.io/v1alpha1"
                                : "Kustomization kustomize.config.k8s.io/v1beta1");
        List<String> named = new ArrayList<>(kustomization.resources());
        named.addAll(kustomization.components());
        kustomization.patches().forEach(patch -> named.add(patch.path()));
        Path folder = file.getParent();
        assertThat(named).doesNotHaveDuplicates().allSatisfy(name -> {
            Path target = folder.resolve(name);
            assertThat(Files.isDirectory(target) ? target.resolve("kustomization.yaml") : target)
                    .isRegularFile();
        });
        try (Stream<Path> beside = Files.list(folder)) {
            assertThat(beside.map(path -> path.getFileName().toString())
                            .filter(name -> !name.equals("kustomization.yaml")))
                    .allSatisfy(name -> assertThat(named).contains(name));
        }
    }

    @Test
    void kustomizations_areInEveryFolderOfManifests() {
        TreeSet<Path> folders = new TreeSet<>();
        objects().forEach(file -> folders.add(file.getParent()));
        assertThat(kustomizations().map(Path::getParent)).containsAll(folders);
    }

    @Test
    void patches_changeWhatTheBaseHas() {
        List<String> base = objects()
                .filter(file -> file.startsWith(Manifests.folder().resolve("base")))
                .map(file -> name(Manifests.read(file)))
                .toList();
        assertThat(objects().map(file -> name(Manifests.read(file)))).isSubsetOf(base);
    }

    /** As kubectl hands it to Kubernetes. */
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "gpu"})
    void overlay_rendersWhole(String overlay) throws Exception {
        assumeTrue(hasKubectl(), "kubectl is not on the PATH");
        List<HasMetadata> objects = Manifests.parse(
                kubectlKustomize(Manifests.folder().resolve("overlays").resolve(overlay)));
        assertThat(objects.stream().map(ManifestsTest::name))
                .containsExactlyInAnyOrder(
                        "Deployment dragoman",
                        "HorizontalPodAutoscaler dragoman",
                        "NetworkPolicy dragoman",
                        "PodDisruptionBudget dragoman",
                        "Service dragoman",
                        "ServiceAccount dragoman");
        Deployment deployment = (Deployment)
                objects.stream().filter(Deployment.class::isInstance).findAny().orElseThrow();
        String expected = Repository.releaseVersion() + (overlay.equals("gpu") ? "-cuda" : "");
        assertThat(deployment.getSpec().getTemplate().getSpec().getContainers())
                .singleElement()
                .satisfies(container -> assertThat(container.getImage()).endsWith(":" + expected));
    }

    private static String name(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }

    private static boolean hasKubectl() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
    }

    private static String kubectlKustomize(Path folder) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("kubectl", "kustomize", folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        return output;
    }
}
