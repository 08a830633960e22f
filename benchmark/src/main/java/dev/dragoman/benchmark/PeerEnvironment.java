package dev.dragoman.benchmark;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * An environment of Python with the packages of a requirements file, and nothing else: made when it is first asked for, and used again as long as
 * the file is the same. One that was not finished is made anew; processes that ask together make it once.
 *
 * @param base the Python that makes it, a program on the path or a file
 * @param requirements as pip reads them; every package with its version
 * @param directory where environments are, each in a folder with the name of its requirements
 */
record PeerEnvironment(String base, Path requirements, Path directory) {
    /**
     * Builds of PyTorch without CUDA, which are a fifth as large. Asked where it can be reached; pip prefers them since their versions sort higher.
     */
    private static final String CPU_BUILDS = "https://download.pytorch.org/whl/cpu";

    private static final String REACHED =
            "import sys, urllib.request; urllib.request.urlopen(sys.argv[1] + '/torch/', timeout=10).read(1)";
    private static final int DIGITS = 12;

    /**
     * Its Python.
     *
     * @param progress is told before something is installed
     * @throws BenchmarkException if it cannot be made; the message tells which step failed and what it said
     */
    String python(Consumer<String> progress) {
        String name =
                requirements.getFileName().toString().replaceFirst("(-requirements)?\\.txt$", "") + "-" + digest();
        Path folder = directory.toAbsolutePath().resolve(name);
        Path python = folder.resolve("bin").resolve("python");
        Path finished = folder.resolve("finished");
        try {
            Files.createDirectories(directory);
            try (FileChannel file = FileChannel.open(
                            directory.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = file.lock()) {
                // The Python that it was made by may have gone since.
                if (!Files.exists(finished) || !Files.isExecutable(python)) {
                    progress.accept("installing " + requirements + " into " + folder + ", once; this may take minutes");
                    TemporaryFolder.delete(folder);
                    make(folder, python, directory.resolve(name + ".log"));
                    Files.writeString(finished, "");
                }
            }
        } catch (IOException e) {
            throw new BenchmarkException(
                    "no environment for Python can be made in " + directory + ": " + e.getMessage());
        }
        return python.toString();
    }

    private void make(Path folder, Path python, Path log) throws IOException {
        Files.writeString(log, "");
        run(log, base, "-m", "venv", folder.toString());
        List<String> install = new ArrayList<>(List.of(
                python.toString(),
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--progress-bar=off",
                "--only-binary=:all:"));
        if (Files.readString(requirements).contains("torch==") && reached(log, python)) {
            install.addAll(List.of("--extra-index-url", CPU_BUILDS));
        }
        install.addAll(List.of("-r", requirements.toString()));
        run(log, install.toArray(new String[0]));
    }

    private static boolean reached(Path log, Path python) throws IOException {
        return status(log, python.toString(), "-c", REACHED, CPU_BUILDS) == 0;
    }

    private static void run(Path log, String... command) throws IOException {
        int status = status(log, command);
        if (status != 0) {
            throw new BenchmarkException("`" + String.join(" ", Arrays.copyOf(command, 3)) + " ...` ended with status "
                    + status + ": " + complaint(log) + " (" + log + ")");
        }
    }

    private static int status(Path log, String... command) throws IOException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchmarkException("interrupted");
        }
    }

    /** The last line that calls itself an error, else the last line. */
    private static String complaint(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.stream()
                .filter(line -> line.startsWith("ERROR") || line.startsWith("Error"))
                .reduce((first, second) -> second)
                .orElse(lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1));
    }

    private String digest() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(requirements));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (IOException e) {
            throw new BenchmarkException("no requirements of a peer can be read: " + e.getMessage());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
