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
    @ValueSource(
            strings = {
                "vocabulary",
                "prepare",
                "train",
                "average",
                "shortlist",
                "runs",
                "evaluate",
                "perplexity",
                "translate"
            })
    void help_ofEverySubcommand(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(output.toString()).startsWith("Usage: dragoman " + command).contains("--stack-trace");
    }

    @Test
    void help_listsSubcommands() {
        assertThat(run("--help")).isZero();
        assertThat(output.toString())
                .contains(
                        "vocabulary",
                        "prepare",
                        "train",
                        "average",
                        "shortlist",
                        "runs",
                        "evaluate",
                        "perplexity",
                        "translate");
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
            evaluate --corpus DIR/pairs.tsv --metrics meteor           | dragoman evaluate: --metrics must be of bleu, chrf, ter, multi-bleu, but has 'meteor'
            evaluate --corpus DIR/pairs.tsv --tokenize 14a             | dragoman evaluate: --tokenize: .*'14a'; there are 13a, char, intl, none, zh
            evaluate --corpus DIR/pairs.tsv --smooth-method all        | dragoman evaluate: --smooth-method must be .*exp, floor, add-k, none, but is 'all'
            evaluate --corpus DIR/pairs.tsv --smooth-value 2           | dragoman evaluate: --smooth-value is for floor and add-k only, .*exp
            evaluate --corpus DIR/pairs.tsv --chrf-word-order 99       | dragoman evaluate: --chrf-word-order must be from 0 to 20, but is 99
            evaluate --corpus DIR/pairs.tsv --samples 1                | dragoman evaluate: --samples must be from 2 .*but is 1
            evaluate --corpus DIR/pairs.tsv --width 16                 | dragoman evaluate: --width must be .*16
            evaluate --corpus DIR/pairs.tsv --paired-bootstrap         | dragoman evaluate: --paired-bootstrap must be left out.*
            evaluate --corpus DIR/pairs.tsv --references DIR/two.txt   | dragoman evaluate: --references must be left out.*
            evaluate --hypotheses DIR/two.txt                          | dragoman evaluate: --hypotheses need either .* 0 and 0
            evaluate --hypotheses DIR/two.txt --corpus DIR/pairs.tsv --model DIR | dragoman evaluate: --model must be left out.*
            evaluate --hypotheses DIR/two.txt --corpus DIR/pairs.tsv   | dragoman evaluate: .*two.txt must have as many lines as .*pairs.tsv has references, 1, but has 2
            evaluate --hypotheses DIR/two.txt --references DIR/two.txt DIR/bad.yaml DIR/pairs.tsv | dragoman evaluate: .*pairs.tsv must have .* 2, but has 1
            evaluate --hypotheses DIR/two.txt DIR/two.txt --references DIR/two.txt | dragoman evaluate: --hypotheses must name each file once.*two.txt twice
            evaluate --hypotheses DIR/two.txt --references DIR/two.txt --paired-bootstrap | dragoman evaluate: --paired-bootstrap needs at least 2 .*1
            evaluate --hypotheses DIR/two.txt --references DIR/two.txt --sentence-level --confidence | dragoman evaluate: --sentence-level has no statistics.*
            evaluate --hypotheses DIR/empty.tsv --references DIR/two.txt | dragoman evaluate: .*empty.tsv has no lines
            evaluate --hypotheses DIR/latin.txt --references DIR/two.txt | dragoman evaluate: .*latin.txt:2: not UTF-8
            perplexity --model DIR/none --corpus DIR/pairs.tsv         | dragoman perplexity: .*none.config.json: no such file
            perplexity --model DIR --corpus DIR/pairs.tsv              | dragoman perplexity: .*config.json: not that of a language model: .*
            perplexity --model DIR --corpus DIR/pairs.tsv --limit -1   | dragoman perplexity: --limit must be .*-1
            train --recipe DIR/none.yaml --output DIR/run              | dragoman train: .*none.yaml.*
            train --recipe DIR/bad.yaml --output DIR/run               | dragoman train: .*bad.yaml.*
            train --recipe DIR/bad.yaml --output DIR --report-every 0  | dragoman train: --report-every must be .*0
            shortlist --model DIR/none --recipe ../recipes/default.yaml         | dragoman shortlist: .*none: no such model directory
            shortlist --model DIR --recipe DIR/none.yaml               | dragoman shortlist: .*none.yaml.*
            shortlist --model DIR --recipe DIR/x --frequent -1         | dragoman shortlist: --frequent must be 0 or more, but is -1
            shortlist --model DIR --recipe DIR/x --per-piece -2        | dragoman shortlist: --per-piece must be 0 or more, but is -2
            shortlist --model DIR --recipe DIR/x --mass 1.5            | dragoman shortlist: --mass must be from 0 to 1, but is 1.5
            shortlist --model DIR --recipe DIR/x --pairs 0             | dragoman shortlist: --pairs must be 1 or more, but is 0
            shortlist --model DIR --recipe DIR/x --report -1           | dragoman shortlist: --report must be 0 .no. or more, but is -1
            runs DIR/none                                              | dragoman runs: .*none is not a folder
            vocabulary --corpus DIR/none.tsv --output DIR/x.model      | dragoman vocabulary: .*none.tsv: no such file or folder
            vocabulary --corpus DIR/empty.tsv --output DIR/x.model     | dragoman vocabulary: the corpora have no sentence pairs
            vocabulary --corpus DIR/pairs.tsv --output DIR/x --size 9  | dragoman vocabulary: size must be .*9
            """)
    void mistake_oneLineAndExitCode1(String arguments, String message) throws IOException {
        Files.writeString(directory.resolve("pairs.tsv"), "a\tb\n");
        Files.writeString(directory.resolve("empty.tsv"), "");
        Files.writeString(directory.resolve("two.txt"), "a\nb\n");
        Files.write(directory.resolve("latin.txt"), new byte[] {'a', '\n', (byte) 0xE9, '\n'});
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
