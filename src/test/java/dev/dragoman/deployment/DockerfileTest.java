package dev.dragoman.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.system.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docker/} against the repository and the server. */
class DockerfileTest {
    /** Read by DJL, by glibc and by NVIDIA's container runtime. */
    private static final Set<String> NOT_THE_SERVERS = Set.of(
            "DJL_CACHE_DIR",
            "ENGINE_CACHE_DIR",
            "PYTORCH_LIBRARY_PATH",
            "PYTORCH_VERSION",
            "PYTORCH_FLAVOR",
            "OPT_OUT_TRACKING",
            "MALLOC_ARENA_MAX",
            "NVIDIA_VISIBLE_DEVICES",
            "NVIDIA_DRIVER_CAPABILITIES");

    private final Dockerfile dockerfile = Dockerfile.read();
    private final ServerSettings settings = new ServerSettings();

    @Test
    void copies_whatTheRepositoryHasAndTheContextLetsThrough() throws IOException {
        List<String> copied = dockerfile.copiedFromRepository();
        assertThat(copied)
                .isNotEmpty()
                .allSatisfy(path -> assertThat(Repository.root().resolve(path)).exists());
        assertThat(Files.readAllLines(Repository.root().resolve(".dockerignore")).stream()
                        .filter(line -> line.startsWith("!"))
                        .map(line -> line.substring(1)))
                .containsExactlyInAnyOrderElementsOf(copied);
    }

    /** Maven does not start if one of the modules that the parent names is not there. */
    @Test
    void copies_everyModulesDescription() throws IOException {
        List<String> copied = dockerfile.copiedFromRepository();
        assertThat(matches(
                        "<module>(.*?)</module>",
                        Files.readString(Repository.root().resolve("pom.xml"))))
                .hasSizeGreaterThan(4)
                .allSatisfy(module -> assertThat(copied).containsAnyOf(module, module + "/pom.xml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void image_listensWhereTheServerDoes(String stage) {
        Map<String, String> environment = dockerfile.environment(stage);
        String port = settings.value("server.port");
        String management = settings.value("management.server.port");
        assertThat(environment).containsEntry("SERVER_PORT", port).containsEntry("MANAGEMENT_SERVER_PORT", management);
        assertThat(dockerfile.argument(stage, "EXPOSE")).isEqualTo(port + " " + management);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void image_setsWhatTheServerReads(String stage) {
        Set<String> known = settings.environmentVariables();
        assertThat(known).contains("SERVER_PORT", "DRAGOMAN_HOME", "DRAGOMAN_TRANSLATION_BEAMSIZE");
        assertThat(dockerfile.environment(stage).keySet())
                .filteredOn(name -> !NOT_THE_SERVERS.contains(name))
                .isNotEmpty()
                .isSubsetOf(known);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void image_hasTheVersionsOfTheBuild(String stage) throws IOException {
        String pom = Files.readString(Repository.root().resolve("pom.xml"));
        assertThat(dockerfile.environment(stage))
                .containsEntry(
                        "PYTORCH_VERSION",
                        matches("<pytorch.version>(.*?)<", pom).get(0));
        assertThat(dockerfile.argument(stage, "ARG")).isEqualTo("VERSION=" + Repository.releaseVersion());
        assertThat(String.join("\n", dockerfile.arguments("build", "RUN")))
                .contains("openjdk-"
                        + matches("<maven.compiler.release>(.*?)<", pom).get(0) + "-jdk-headless");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void image_runsAsNobody(String stage) {
        assertThat(dockerfile.argument(stage, "USER")).isEqualTo("65532:65532");
        assertThat(dockerfile.argument(stage, "ENTRYPOINT")).startsWith("[").doesNotContain("/bin/sh");
        assertThat(dockerfile.arguments(stage, "RUN"))
                .as("everything is made in stages before, so that no image carries what made it")
                .isEmpty();
    }

    @Test
    void images_differInTheirLibrariesOnly() {
        Map<String, String> cpu = new TreeMap<>(dockerfile.environment("cpu"));
        Map<String, String> cuda = new TreeMap<>(dockerfile.environment("cuda"));
        assertThat(cuda.remove("NVIDIA_VISIBLE_DEVICES")).isNotNull();
        assertThat(cuda.remove("NVIDIA_DRIVER_CAPABILITIES")).isNotNull();
        assertThat(cpu.remove("PYTORCH_FLAVOR")).isEqualTo("cpu");
        assertThat(cuda.remove("PYTORCH_FLAVOR")).isEqualTo("cu128");
        assertThat(cuda).isEqualTo(cpu);
        assertThat(dockerfile.argument("cuda", "ENTRYPOINT")).isEqualTo(dockerfile.argument("cpu", "ENTRYPOINT"));
        assertThat(withoutLibtorch(dockerfile.arguments("cuda", "COPY")))
                .isEqualTo(withoutLibtorch(dockerfile.arguments("cpu", "COPY")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void healthCheck_isAClassOfTheServer(String stage) {
        String check = dockerfile.argument(stage, "HEALTHCHECK");
        String type = matches("\"(dev\\.dragoman[^\"]*)\"", check).get(0);
        assertThat(Repository.root().resolve("app/src/main/java").resolve(type.replace('.', '/') + ".java"))
                .isRegularFile();
    }

    /** A file of options allows no spaces in an option that is not quoted, and the JVM refuses what it does not know only at its start. */
    @Test
    void options_areOnesOfTheJvm() throws Exception {
        Path options = Repository.root().resolve("docker/java.options");
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + options, "-version")
                .redirectErrorStream(true)
                .start();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor()).as(output).isZero();
    }

    private static List<String> withoutLibtorch(List<String> copies) {
        return copies.stream().filter(copy -> !copy.endsWith("/libtorch")).toList();
    }

    private static List<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
