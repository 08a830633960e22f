package dev.dragoman.tokenizer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The command-line tools of SentencePiece, as the reference for our own code; a test without them is skipped. */
final class SpmCommand {
    private SpmCommand() {}

    static void assumeInstalled() {
        Assumptions.assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "spm_train"))),
                "spm_train, spm_encode and spm_decode are not installed (Debian package sentencepiece)");
    }

    /** Runs a tool over lines of text and returns the lines that it writes. */
    static List<String> run(List<String> command, List<String> lines, Path directory)
            throws IOException, InterruptedException {
        Path input = Files.write(directory.resolve("input.txt"), lines);
        Path output = directory.resolve("output.txt");
        int status = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException(command + " ended with status " + status);
        }
        return Files.readAllLines(output);
    }
}
