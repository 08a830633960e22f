package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Scores of files, as the command prints them. The numbers are sacreBLEU's. */
class EvaluateCommandTest {
    private static final String VERSION = "|version:dragoman(=sacrebleu-2.6.0)";

    @TempDir
    Path directory;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @BeforeEach
    void writeFiles() throws IOException {
        // The carriage return and the line separator end no line.
        write("reference.txt", "the cat sat on the mat .\\nhello\u2028there , my old friend\\nyes\\n");
        write("second.txt", "a cat was sitting on the mat .\\nhello there , dear old friend\\nyes !\\n");
        write("one.txt", "the cat sat on a mat .\\nhello there ,\\rmy friend\\nno\\n");
        write("other.txt", "cats sit on mats .  \\nhello\\nyes");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text.translateEscapes());
    }

    @Test
    void oneSystem_theLinesOfSacrebleu() {
        assertThat(run("--hypotheses one.txt --references reference.txt --metrics bleu,chrf,ter"))
                .isZero();
        assertThat(output.toString().lines())
                .containsExactly(
                        "BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp" + VERSION
                                + " = 51.90 84.6/70.0/50.0/33.3 (BP = 0.926 ratio = 0.929 hyp_len = 13 ref_len = 14)",
                        "chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no" + VERSION + " = 67.96",
                        "TER|nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no" + VERSION + " = 21.43");
    }

    @Test
    void confidence() {
        assertThat(run("--hypotheses one.txt --references reference.txt --metrics bleu --confidence --samples 100"))
                .isZero();
        assertThat(output.toString())
                .startsWith("BLEU|nrefs:1|bs:100|seed:12345|case:mixed|")
                .contains(" = 51.90 (μ = 50.53 ± 5.99) 84.6/70.0/");
    }

    @Test
    void severalReferences() {
        assertThat(run("--hypotheses one.txt --references reference.txt second.txt --metrics ter --width 4"))
                .isZero();
        assertThat(output.toString()).startsWith("TER|nrefs:2|").endsWith(" = 20.0000\n");
    }

    @Test
    void severalSystems_aTable() {
        assertThat(run("--hypotheses one.txt other.txt --references reference.txt --paired-bootstrap --samples 50"))
                .isZero();
        assertThat(output.toString().lines().map(line -> line.replace(directory + "/", "")))
                .contains(
                        "BLEU|nrefs:1|bs:50|seed:12345|case:mixed|eff:no|tok:13a|smooth:exp" + VERSION,
                        "chrF2|nrefs:1|bs:50|seed:12345|case:mixed|eff:yes|nc:6|nw:0|space:no" + VERSION)
                .anyMatch(line -> line.matches("one.txt +51.90 \\(μ = 50.74 ± 5.99\\) +67.96 \\(μ = 65.75 ± 7.04\\)"))
                .anyMatch(line -> line.matches("other.txt +5.11 \\(μ = 4.19 ± 5.22\\) \\(p = 0.0196\\)\\*"
                        + " +20.58 \\(μ = 23.48 ± 5.45\\) \\(p = 0.0392\\)\\*"));
    }

    @Test
    void equalSystems_areNotMarkedAsDifferent() throws IOException {
        write("same.txt", Files.readString(directory.resolve("one.txt")));
        assertThat(run("--hypotheses one.txt same.txt --references reference.txt --paired-bootstrap --metrics ter"))
                .isZero();
        assertThat(output.toString()).contains("(p = 0.0010)\n").doesNotContain("(p = 0.0010)*");
    }

    @Test
    void sentences_tabSeparated() {
        assertThat(run("--hypotheses one.txt --references reference.txt --sentence-level"))
                .isZero();
        assertThat(output.toString().lines())
                .containsExactly(
                        "# BLEU|nrefs:1|case:mixed|eff:yes|tok:13a|smooth:exp" + VERSION,
                        "# chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no" + VERSION,
                        "segment\tBLEU\tchrF2",
                        "1\t48.89\t65.80",
                        "2\t57.89\t73.03",
                        "3\t0.00\t0.00");
    }

    @Test
    void json_hasTheFieldsOfSacrebleu() {
        assertThat(
                        run(
                                "--hypotheses one.txt other.txt --references reference.txt --paired-bootstrap --samples 50 --format json"))
                .isZero();
        JsonNode systems = JsonMapper.builder().build().readTree(output.toString());
        assertThat(systems.size()).isEqualTo(2);
        JsonNode score = systems.get(1).get("scores").get(0);
        assertThat(score.get("name").asString()).isEqualTo("BLEU");
        assertThat(score.get("tok").asString()).isEqualTo("13a");
        assertThat(score.get("version").asString()).isEqualTo("dragoman(=sacrebleu-2.6.0)");
        assertThat(score.get("p_value").asDouble()).isBetween(1.0 / 51, 1.0);
        assertThat(score.get("confidence_mean").isNumber()).isTrue();
        assertThat(systems.get(0).get("scores").get(0).has("p_value")).isFalse();
        assertThat(systems.get(0).get("sentences").asInt()).isEqualTo(3);
    }

    @Test
    void corpus_hasReferences_andFilesMayBeCompressed() throws IOException {
        write("pairs.tsv", "x\\tthe cat sat on the mat .\\ny\\thello there , my old friend\\nz\\tyes\\n");
        try (OutputStream file = new GZIPOutputStream(Files.newOutputStream(directory.resolve("one.txt.gz")))) {
            file.write(Files.readString(directory.resolve("one.txt")).getBytes(StandardCharsets.UTF_8));
        }
        assertThat(run("--hypotheses one.txt --references reference.txt --metrics bleu"))
                .isZero();
        String expected = output.toString();
        output.getBuffer().setLength(0);
        assertThat(run("--hypotheses one.txt.gz --corpus pairs.tsv --metrics bleu"))
                .isZero();
        assertThat(output).hasToString(expected);
    }

    @Test
    void tokenisedText_isWarnedOf() throws IOException {
        write("tokenised.txt", "so it goes .\\n".repeat(100));
        assertThat(run("--hypotheses tokenised.txt --references tokenised.txt")).isZero();
        assertThat(errors.toString()).contains("tokenised.txt looks tokenised: 100 lines");
    }

    private int run(String arguments) {
        String resolved = ("evaluate " + arguments).replaceAll("[a-z]+\\.(txt|tsv)(\\.gz)?", directory + "/$0");
        return Dragoman.commandLine()
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(resolved.split(" ", -1));
    }
}
