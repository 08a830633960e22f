package dev.dragoman.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real {@code spm_train}. */
class VocabularyTrainerIT {
    private static final VocabularyOptions OPTIONS = VocabularyOptions.ofSize(400)
            .withControlPieces(List.of("<2fr>", "<2de>"))
            .withThreads(2);

    @TempDir
    Path directory;

    @BeforeEach
    void needsTool() {
        SpmCommand.assumeInstalled();
    }

    @Test
    void train_writesAVocabularyAsAskedFor() throws Exception {
        List<String> log = new ArrayList<>();
        Path model = directory.resolve("new folder, with comma").resolve("pieces.model");

        Vocabulary vocabulary =
                new VocabularyTrainer(OPTIONS, log::add).train(List.of(text("a, b.txt", 1), text("c.txt", 2)), model);

        assertThat(vocabulary.size()).isEqualTo(400);
        assertThat(List.of(vocabulary.padId(), vocabulary.unkId(), vocabulary.bosId(), vocabulary.eosId()))
                .containsExactly(0, 1, 2, 3);
        assertThat(vocabulary.idOf("<2fr>")).hasValue(4);
        assertThat(vocabulary.idOf("<2de>")).hasValue(5);
        assertThat(vocabulary.type(5)).isEqualTo(PieceType.CONTROL);
        assertThat(vocabulary.idOf("<0xFF>")).isPresent();
        assertThat(log).anyMatch(line -> line.contains("Saving model"));
        try (SentencePieceTokenizer tokenizer = SentencePieceTokenizer.open(model)) {
            assertThat(tokenizer.decode(tokenizer.encode("kato ½ 😀"))).isEqualTo("kato 1⁄2 😀");
        }
        assertThat(filesIn(model.resolveSibling("."))).containsExactly("pieces.model");
    }

    @Test
    void train_isDeterministicAndForgetsWhereTheTextsWere() throws Exception {
        Path text = text("text.txt", 3);
        Path copy = Files.copy(
                text, Files.createDirectories(directory.resolve("elsewhere")).resolve("other.txt"));
        VocabularyTrainer trainer = new VocabularyTrainer(OPTIONS.withMaximumSentences(500), line -> {});
        Path first = directory.resolve("first.model");
        Path second = directory.resolve("second.model");

        trainer.train(List.of(text), first);
        trainer.train(List.of(copy), second);

        assertThat(second).hasSameBinaryContentAs(first);
        assertThat(new String(Files.readAllBytes(first), StandardCharsets.ISO_8859_1))
                .doesNotContain(directory.toString());
    }

    @Test
    void train_failureShowsWhatTheToolWroteAndKeepsTheOldFile() throws Exception {
        Path model = Files.writeString(directory.resolve("pieces.model"), "old");
        Path text = Files.writeString(directory.resolve("tiny.txt"), "one line\n");

        assertThatExceptionOfType(VocabularyTrainingException.class)
                .isThrownBy(() ->
                        new VocabularyTrainer(VocabularyOptions.ofSize(8000), line -> {}).train(List.of(text), model))
                .withMessageStartingWith("spm_train ended with status ")
                .withMessageContaining("Vocabulary size too high")
                .withMessageContaining("--vocab_size=8000");
        assertThat(model).hasContent("old");
        assertThat(filesIn(directory)).containsExactly("pieces.model", "tiny.txt");
    }

    /** A thousand sentences of an invented language. */
    private Path text(String name, long seed) throws IOException {
        Random random = new Random(seed);
        String[] syllables = {"ka", "to", "mi", "ren", "sol", "u", "via", "né", "ß", "li"};
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            StringBuilder line = new StringBuilder();
            for (int word = 0; word < 8; word++) {
                for (int syllable = random.nextInt(4); syllable >= 0; syllable--) {
                    line.append(syllables[random.nextInt(syllables.length)]);
                }
                line.append(' ');
            }
            lines.add(line.append('.').toString());
        }
        return Files.write(directory.resolve(name), lines);
    }

    private static List<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
