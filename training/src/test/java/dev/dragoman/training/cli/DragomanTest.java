package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person who calls a command wrongly is told, in how many lines, and with which exit code. */
class DragomanTest {
    @TempDir
    Path directory;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"vocabulary", "prepare", "train", "evaluate", "perplexity", "translate"})
    void help_ofEverySubcommand(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(output.toString()).startsWith("Usage: dragoman " + command).contains("--stack-trace");
    }

    @Test
    void help_listsSubcommands() {
        assertThat(run("--help")).isZero();
        assertThat(output.toString()).contains("vocabulary", "prepare", "train", "evaluate", "perplexity", "translate");
    }

    @Test
    void version_isPrinted() {
        assertThat(run("--version")).isZero();
        assertThat(output.toString()).startsWith("dragoman ");
    }

    @Test
    void wrongUsage_exitCode2() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("fly")).isEqualTo(2);
        assertThat(run("evaluate")).isEqualTo(2);
        assertThat(run("translate", "--beam", "wide")).isEqualTo(2);
        assertThat(errors.toString()).contains("Missing required subcommand", "--corpus", "wide");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            translate --model DIR/none                                 | dragoman translate: .*none.*
            translate --model DIR --beam 0                             | dragoman translate: .*beamSize.*0
            translate --model DIR --n-best 5                           | dragoman translate: .*nBest.*5
            evaluate --model DIR/none --corpus DIR/pairs.tsv           | dragoman evaluate: .*none.*
            evaluate --model DIR --corpus DIR/none.tsv                 | dragoman evaluate: .*none.tsv: no such file or folder
            evaluate --model DIR --corpus DIR                          | dragoman evaluate: .*
            evaluate --model DIR --corpus DIR/empty.tsv                | dragoman evaluate: .*empty.tsv has no sentence pairs
            evaluate --model DIR --corpus DIR/pairs.tsv --limit -1     | dragoman evaluate: --limit must be .*-1
            perplexity --model DIR/none --corpus DIR/pairs.tsv         | dragoman perplexity: .*none.config.json: no such file
            perplexity --model DIR --corpus DIR/pairs.tsv              | dragoman perplexity: .*config.json: not that of a language model: .*
            perplexity --model DIR --corpus DIR/pairs.tsv --limit -1   | dragoman perplexity: --limit must be .*-1
            train --recipe DIR/none.yaml --output DIR/run              | dragoman train: .*none.yaml.*
            train --recipe DIR/bad.yaml --output DIR/run               | dragoman train: .*bad.yaml.*
            train --recipe DIR/bad.yaml --output DIR --report-every 0  | dragoman train: --report-every must be .*0
            vocabulary --corpus DIR/none.tsv --output DIR/x.model      | dragoman vocabulary: .*none.tsv: no such file or folder
            vocabulary --corpus DIR/empty.tsv --output DIR/x.model     | dragoman vocabulary: the corpora have no sentence pairs
            vocabulary --corpus DIR/pairs.tsv --output DIR/x --size 9  | dragoman vocabulary: size must be .*9
            """)
    void mistake_oneLineAndExitCode1(String arguments, String message) throws IOException {
        Files.writeString(directory.resolve("pairs.tsv"), "a\tb\n");
        Files.writeString(directory.resolve("empty.tsv"), "");
        Files.writeString(directory.resolve("config.json"), "{\"format\": 1, \"network\": {}}");
        Files.writeString(directory.resolve("bad.yaml"), "name: x\nspeed: 3\n");
        assertThat(run(arguments.replace("DIR", directory.toString()).split(" +", -1)))
                .isEqualTo(1);
        assertThat(errors.toString()).matches("(?s)" + message + "\n");
        assertThat(errors.toString().lines()).hasSize(1);
        assertThat(output).asString().isEmpty();
    }

    @Test
    void stackTrace_isShownWhenAskedFor() {
        Path missing = directory.resolve("none");
        assertThat(run("translate", "--model", missing.toString(), "--stack-trace"))
                .isEqualTo(1);
        assertThat(errors.toString()).contains("\tat ").contains("dragoman translate: ");
    }

    private int run(String... arguments) {
        return Dragoman.commandLine()
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(arguments);
    }
}
