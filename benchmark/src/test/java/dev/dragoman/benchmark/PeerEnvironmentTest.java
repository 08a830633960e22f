package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By a program in Python's place, which notes what it is asked for. */
class PeerEnvironmentTest {
    @TempDir
    Path folder;

    private final List<String> progress = new ArrayList<>();
    private Path requirements = Path.of("");
    private String base = "";

    @BeforeEach
    void install() throws IOException {
        requirements = Files.writeString(folder.resolve("some-requirements.txt"), "package==1\n");
        base = program("base", """
                echo "venv $*" >> calls
                mkdir -p "$3/bin"
                cp inner "$3/bin/python"
                """);
        program("inner", "echo \"$*\" >> calls");
    }

    /** A program that does its lines in this folder. */
    private String program(String name, String lines) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\ncd '" + folder + "'\n" + lines + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    private PeerEnvironment environment() {
        return new PeerEnvironment(base, requirements, folder.resolve("environments"));
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    @Test
    void python_isMadeOnce_withWhatTheFileNames() throws IOException {
        String python = environment().python(progress::add);
        String again = environment().python(progress::add);

        assertThat(again).isEqualTo(python);
        assertThat(Path.of(python)).isExecutable();
        assertThat(calls()).hasSize(2);
        assertThat(calls().get(0)).startsWith("venv -m venv " + folder.resolve("environments/some-"));
        assertThat(calls().get(1))
                .startsWith("-m pip install")
                .contains("--only-binary=:all:")
                .endsWith("-r " + requirements)
                .doesNotContain("--extra-index-url");
        assertThat(progress).hasSize(1);
    }

    @Test
    void otherRequirements_haveAnEnvironmentOfTheirOwn() throws IOException {
        String python = environment().python(progress::add);
        Files.writeString(requirements, "package==2\n");

        assertThat(environment().python(progress::add)).isNotEqualTo(python);
        assertThat(calls()).hasSize(4);
    }

    @Test
    void whatFails_isToldWithItsReason_andTriedAgain() throws IOException {
        program("inner", "echo 'ERROR: No matching distribution found for package==1'; echo hint; exit 7");

        assertThatThrownBy(() -> environment().python(progress::add))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageContaining("-m pip ...` ended with status 7: ERROR: No matching distribution")
                .hasMessageContaining("some-");

        program("inner", "true");
        assertThat(Path.of(environment().python(progress::add))).isExecutable();
    }

    @Test
    void pythonWithoutVenv_isToldAsItSaysIt() throws IOException {
        base = program("base", "echo 'No module named venv'; exit 1");

        assertThatThrownBy(() -> environment().python(progress::add))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageContaining("-m venv ...` ended with status 1: No module named venv");
    }

    @Test
    void noPythonAtAll_isToldByItsName() {
        base = folder.resolve("python-of-nobody").toString();

        assertThatThrownBy(() -> environment().python(progress::add))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageContaining("python-of-nobody");
    }

    /** The inner program answers every question with success, so that the builds count as reached; or with failure to that one alone. */
    @Test
    void pyTorch_isTakenWithoutCudaWhereThatIsReached() throws IOException {
        Files.writeString(requirements, "torch==1\n");
        environment().python(progress::add);
        assertThat(calls().get(2)).contains("--extra-index-url", "/whl/cpu -r ");

        program("inner", "echo \"$*\" >> calls; [ \"$1\" != -c ]");
        Files.writeString(requirements, "torch==2\n");
        environment().python(progress::add);
        assertThat(calls().get(5)).startsWith("-m pip install").doesNotContain("--extra-index-url");
    }
}
