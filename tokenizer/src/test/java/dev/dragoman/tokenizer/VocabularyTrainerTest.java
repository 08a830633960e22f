package dev.dragoman.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the trainer does around {@code spm_train}, with a shell script in its place. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-in for spm_train is a shell script")
class VocabularyTrainerTest {
    private static final VocabularyOptions OPTIONS = VocabularyOptions.ofSize(1000);

    @TempDir
    Path directory;

    private final List<String> log = new ArrayList<>();
    private Path text;
    private Path model;

    @BeforeEach
    void writeText() throws IOException {
        text = Files.writeString(directory.resolve("text.txt"), "one line\n");
        model = directory.resolve("model").resolve("pieces.model");
    }

    @Test
    void train_withoutTheToolSaysHowToGetIt() {
        for (String searchPath : new String[] {null, "", directory.toString()}) {
            assertThatExceptionOfType(VocabularyTrainingException.class)
                    .isThrownBy(() -> new VocabularyTrainer(OPTIONS, log::add, searchPath).train(List.of(text), model))
                    .withMessageStartingWith("spm_train is not on the PATH.")
                    .withMessageContaining("apt-get install sentencepiece");
        }
        assertThat(model.getParent()).doesNotExist();
    }

    @Test
    void train_movesTheFinishedModel() throws Exception {
        Vocabulary vocabulary = trainer("echo learning >&2; cp '" + TestModel.path() + "' pieces.model")
                .train(List.of(text), model);

        assertThat(vocabulary.size()).isEqualTo(1000);
        assertThat(model).hasSameBinaryContentAs(TestModel.path());
        assertThat(model.getParent()).isDirectoryNotContaining(file -> !file.equals(model));
        assertThat(log).containsExactly("learning");
    }

    @Test
    void train_showsTheLastLinesOfAFailure() {
        assertThatExceptionOfType(VocabularyTrainingException.class)
                .isThrownBy(() -> trainer("seq 1 30; echo broken >&2; exit 7").train(List.of(text), model))
                .withMessageStartingWith("spm_train ended with status 7. It wrote:\n12\n13\n")
                .withMessageContaining("\n30\nbroken\nThe command was: ")
                .withMessageContaining("--vocab_size=1000");
        assertThat(model.getParent()).isEmptyDirectory();
        assertThat(log).hasSize(31);
    }

    @Test
    void train_keepsTheOldModelWhenTheNewOneIsBad() throws Exception {
        Files.createDirectories(model.getParent());
        Files.writeString(model, "old");

        assertThatExceptionOfType(VocabularyFormatException.class)
                .isThrownBy(() -> trainer("echo rubbish > pieces.model").train(List.of(text), model));
        assertThat(model).hasContent("old");
    }

    @Test
    void train_handsOverTheOptions() throws Exception {
        VocabularyTrainer trainer = new VocabularyTrainer(
                OPTIONS.withControlPieces(List.of("<2fr>", "<2de>"))
                        .withThreads(3)
                        .withMaximumSentences(9),
                log::add,
                tool("for argument; do echo \"$argument\"; done; cat text-1; cp '" + TestModel.path()
                        + "' pieces.model"));

        trainer.train(List.of(text, text), model);

        assertThat(log)
                .contains(
                        "--input=text-1,text-2",
                        "--model_type=unigram",
                        "--vocab_size=1000",
                        "--character_coverage=0.9995",
                        "--byte_fallback=true",
                        "--normalization_rule_name=nmt_nfkc",
                        "--pad_id=0",
                        "--unk_id=1",
                        "--bos_id=2",
                        "--eos_id=3",
                        "--control_symbols=<2fr>,<2de>",
                        "--num_threads=3",
                        "--input_sentence_size=9",
                        "one line");
    }

    @Test
    void train_refusesMissingTexts() throws IOException {
        VocabularyTrainer trainer = trainer("exit 1");

        assertThatIllegalArgumentException().isThrownBy(() -> trainer.train(List.of(), model));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> trainer.train(List.of(directory.resolve("none.txt")), model))
                .withMessageContaining("none.txt");
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> trainer.train(List.of(directory), model));
    }

    private VocabularyTrainer trainer(String script) throws IOException {
        return new VocabularyTrainer(OPTIONS, log::add, tool(script));
    }

    /** A folder in which {@code spm_train} is this shell script. */
    private String tool(String script) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("bin"));
        Path tool = Files.writeString(folder.resolve("spm_train"), "#!/bin/sh\n" + script + "\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        return folder.toString();
    }
}
