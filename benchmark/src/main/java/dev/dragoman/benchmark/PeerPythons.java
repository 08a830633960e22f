package dev.dragoman.benchmark;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the peers in Python are to be found: installed by the benchmark itself, or by its user. */
final class PeerPythons {
    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec command;

    @Option(
            names = "--peers",
            description =
                    "Installs the peers, of the versions in benchmark/*-requirements.txt, into environments of their own where they are not"
                            + " there yet, which takes python3 with its venv and a package index.")
    boolean install;

    @Option(
            names = "--python",
            split = ",",
            paramLabel = "FILE",
            description =
                    "Pythons in which peers are installed already: one has ctranslate2 and numpy, one torch; before those of --peers.")
    List<String> pythons = List.of();

    @Option(
            names = "--peers-directory",
            paramLabel = "DIR",
            defaultValue = "${sys:dragoman.home:-.}/.cache/peers",
            description = "Where --peers installs (default: ${DEFAULT-VALUE}).")
    Path directory = Path.of(".cache/peers");

    @Option(
            names = "--peer-scripts",
            paramLabel = "DIR",
            defaultValue = "${sys:dragoman.home:-.}/benchmark",
            description = "Where the peers' scripts and requirements are (default: ${DEFAULT-VALUE}).")
    Path scripts = Path.of("benchmark");

    /** Of the environments; a test has another one. */
    String base = "python3";

    /** Something that peers compute by. */
    enum Stack {
        CTRANSLATE2("CTranslate2", "ctranslate2"),
        PYTORCH("PyTorch", "torch");

        /** As tables call it. */
        final String title;
        /** What a Python imports that has it. */
        final String module;

        Stack(String title, String module) {
            this.title = title;
            this.module = module;
        }
    }

    /** Whether any peer is wanted. */
    boolean wanted() {
        return install || !pythons.isEmpty();
    }

    /**
     * A Python that has it.
     *
     * @throws BenchmarkException if there is none, and why
     */
    String find(Stack stack) {
        return PythonPeer.having(stack.module, pythons).orElseGet(() -> {
            if (!install) {
                throw new BenchmarkException(
                        pythons.isEmpty()
                                ? "--peers installs it"
                                : "it is not installed in " + String.join(", ", pythons) + "; --peers installs it");
            }
            Path requirements = scripts.resolve(stack.title.toLowerCase(java.util.Locale.ROOT) + "-requirements.txt");
            PrintWriter progress = Objects.requireNonNull(command).commandLine().getErr();
            return new PeerEnvironment(base, requirements, directory).python(progress::println);
        });
    }

    /** As {@link PythonPeer#start}, of a script in {@link #scripts}. */
    PythonPeer start(String python, String script, Object job, Path jobFile, int threads) {
        return PythonPeer.start(python, scripts.resolve(script), job, jobFile, threads);
    }
}
