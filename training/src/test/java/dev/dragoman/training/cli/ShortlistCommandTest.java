package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.model.checkpoint.ShortlistFile;
import dev.dragoman.tokenizer.Vocabulary;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on the model of a training that takes seconds. */
class ShortlistCommandTest {
    @TempDir
    static Path folder;

    private static Path recipe;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @BeforeAll
    static void train() throws IOException {
        recipe = ToyRun.write(folder, 4, 2, 4);
        assertThat(new ShortlistCommandTest()
                        .run("train --recipe " + recipe + " --data " + folder + " --output " + folder + "/run"))
                .isZero();
    }

    @Test
    void shortlist_isWrittenReportedAndRead() throws IOException {
        Path model = folder.resolve("run/best");
        Path file = model.resolve("shortlist.bin");
        assertThat(shortlist("--model " + model + " --report 15 --frequent 0 --per-piece 2"))
                .as(errors.toString())
                .isZero();

        assertThat(errors.toString()).contains("en-fr: round 5 of 5, perplexity ");
        assertThat(output.toString())
                .matches(
                        "(?s)en-fr: 200 pairs; \\d+ pieces are always allowed, and 0\\.\\d by a source piece in the mean\n"
                                + ".*shortlist.bin: [\\d,]+ bytes in \\d+ s\n"
                                + "en-fr: 15 sentences allow \\d+ pieces in the mean, \\d\\.\\d % of all, and at most \\d+\n"
                                + "  of the references, [\\d.]+ % of the pieces are allowed, and [\\d.]+ % of the sentences whole\n"
                                + "  of the model's own translations, [\\d.]+ % .*\n");
        // The text is translated word by word.
        Vocabulary vocabulary = Vocabulary.read(model.resolve("pieces.model"));
        ShortlistFile.Table table = ShortlistFile.read(file).tables().get(0);
        for (String[] words : new String[][] {{"▁the", "▁der"}, {"▁you", "▁ein"}, {"▁can", "▁des"}}) {
            int source = vocabulary.idOf(words[0]).orElseThrow();
            int target = vocabulary.idOf(words[1]).orElseThrow();
            assertThat(table.perPiece()[source]).as(words[0]).contains(target);
        }
        try (Translator translator = Translator.open(model)) {
            assertThat(translator.translate(
                            List.of("the can"), new LanguagePair("en", "fr"), TranslationOptions.GREEDY))
                    .hasSize(1);
        }
        byte[] before = Files.readAllBytes(file);
        assertThat(shortlist("--model " + model + " --frequent 0 --per-piece 2"))
                .isZero();
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void output_leavesTheModelAlone() {
        Path model = folder.resolve("run/model");
        assertThat(shortlist("--model " + model + " --output " + folder + "/other.bin --pairs 50"))
                .isZero();
        assertThat(output.toString()).contains("en-fr: 50 pairs; ", "other.bin: ");
        assertThat(folder.resolve("other.bin")).exists();
        assertThat(model.resolve("shortlist.bin")).doesNotExist();
    }

    @Test
    void average_takesTheShortlistOfTheRunAlong() throws IOException {
        Path file = folder.resolve("run/model/shortlist.bin");
        String average = "average --last 2 --run " + folder + "/run --output " + folder;
        assertThat(run(average + "/without")).as(errors.toString()).isZero();
        assertThat(folder.resolve("without/shortlist.bin")).doesNotExist();
        assertThat(shortlist("--model " + folder.resolve("run/model"))).isZero();
        try {
            assertThat(run(average + "/with")).isZero();
            assertThat(folder.resolve("with/shortlist.bin")).hasSameBinaryContentAs(file);
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void recipesThatDoNotFit_areRefused() throws IOException {
        String model = "--model " + folder + "/run/model --data " + folder;
        String text = Files.readString(recipe);
        Path other = folder.resolve("other.yaml");

        Files.writeString(other, text.replace("target: fr", "target: de"));
        assertThat(run("shortlist --recipe " + other + " " + model)).isEqualTo(1);
        assertThat(errors.toString())
                .isEqualTo("en-fr has no corpus in " + other + ": it will be translated with all pieces\n"
                        + "dragoman shortlist: " + other + " has no corpus of any direction that the model serves\n");

        Path pieces = Files.writeString(folder.resolve("other.model"), "others");
        Files.writeString(other, text.replaceFirst("pieces: .*", "pieces: " + pieces));
        assertThat(run("shortlist --recipe " + other + " " + model)).isEqualTo(1);
        assertThat(errors.toString())
                .isEqualTo("dragoman shortlist: --recipe must have the model's pieces, " + folder
                        + "/run/model/pieces.model, but has others: " + pieces + "\n");

        Files.writeString(folder.resolve("none.tsv"), "a line without a tab\n");
        Files.writeString(other, text.replaceFirst("file: train.tsv", "file: none.tsv"));
        assertThat(run("shortlist --recipe " + other + " " + model)).isEqualTo(1);
        assertThat(errors.toString()).isEqualTo("dragoman shortlist: en-fr has no sentence pairs in " + other + "\n");

        Path ofLanguageModel = Path.of("../recipes/lm-32.yaml").toAbsolutePath().normalize();
        assertThat(run("shortlist --recipe " + ofLanguageModel + " " + model)).isEqualTo(1);
        assertThat(errors.toString())
                .isEqualTo("dragoman shortlist: " + ofLanguageModel
                        + " is the recipe of a language model, which does not translate\n");
    }

    private int shortlist(String options) {
        return run("shortlist --recipe " + recipe + " --data " + folder + " " + options);
    }

    private int run(String arguments) {
        output.getBuffer().setLength(0);
        errors.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(Arrays.asList(arguments.split(" ")));
        return Dragoman.commandLine()
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(all.toArray(String[]::new));
    }
}
