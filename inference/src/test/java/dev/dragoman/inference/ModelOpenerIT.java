package dev.dragoman.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.model.TestDevice;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ShortlistFile;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.ModelConfiguration.Direction;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TestDevice.class)
class ModelOpenerIT {
    @TempDir
    Path directory;

    @Test
    void open_noDirectory_namesIt() {
        assertUnavailable(directory.resolve("absent"), "absent");
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelDirectory.CONFIGURATION, ModelDirectory.WEIGHTS, ModelDirectory.PIECES})
    void open_missingFile_namesIt(String file) throws IOException {
        write(TinyModel.configuration(Form.PARALLEL));
        Files.delete(directory.resolve(file));

        assertUnavailable(directory, file);
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelDirectory.CONFIGURATION, ModelDirectory.WEIGHTS, ModelDirectory.PIECES})
    void open_truncatedFile_namesIt(String file) throws IOException {
        write(TinyModel.configuration(Form.PARALLEL));
        byte[] whole = Files.readAllBytes(directory.resolve(file));
        Files.write(directory.resolve(file), Arrays.copyOf(whole, whole.length / 2));

        assertUnavailable(directory, file);
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelDirectory.CONFIGURATION, ModelDirectory.WEIGHTS, ModelDirectory.PIECES})
    void open_foreignFile_namesIt(String file) throws IOException {
        write(TinyModel.configuration(Form.PARALLEL));
        Files.writeString(directory.resolve(file), "This is a text about something else entirely.\n".repeat(20));

        assertUnavailable(directory, file);
    }

    @Test
    void open_newerFormat_saysSo() throws IOException {
        write(TinyModel.configuration(Form.PARALLEL));
        Path file = directory.resolve(ModelDirectory.CONFIGURATION);
        String json = Files.readString(file);
        Files.writeString(file, json.replaceFirst("\"format\" : \\d+", "\"format\" : 99"));

        assertUnavailable(directory, "format 99 is newer");
    }

    @Test
    void open_piecesOfAnotherModel_namesSizeOrId() {
        write(TinyModel.configuration(Form.PARALLEL, TinyModel.PIECES + 1, 2, 3));

        assertUnavailable(
                directory,
                ModelDirectory.PIECES
                        + ": does not belong to this model: its vocabulary size is 71, but config.json says 72");
    }

    @Test
    void open_otherEndSymbol_namesIt() {
        write(TinyModel.configuration(Form.PARALLEL, TinyModel.PIECES, 2, 5));

        assertUnavailable(directory, "its eosId is 3, but config.json says 5");
    }

    @Test
    void open_unknownPrefix_namesIt() {
        ModelConfiguration tiny = TinyModel.configuration(Form.PARALLEL);
        write(new ModelConfiguration(
                tiny.format(),
                tiny.name(),
                tiny.padId(),
                tiny.bosId(),
                tiny.eosId(),
                List.of(new Direction("en", "it", "<2it>")),
                tiny.network()));

        assertUnavailable(directory, "it lacks the piece <2it> that config.json names");
    }

    @Test
    void open_withAShortlist_translatesAndIsOfAnotherVersion() throws IOException {
        write(TinyModel.configuration(Form.PARALLEL));
        String before = version();
        writeShortlist(directory.resolve(ModelDirectory.PIECES), TinyModel.PIECES);

        assertThat(version()).isNotEqualTo(before);
    }

    @Test
    void open_shortlistOfOtherPiecesOrDamaged_namesIt() throws IOException {
        write(TinyModel.configuration(Form.PARALLEL));
        Path file = writeShortlist(directory.resolve(ModelDirectory.CONFIGURATION), TinyModel.PIECES);
        assertUnavailable(directory, ModelDirectory.SHORTLIST + ": was made for other pieces");
        writeShortlist(directory.resolve(ModelDirectory.PIECES), TinyModel.PIECES + 1);
        assertUnavailable(
                directory, ModelDirectory.SHORTLIST + ": was made for a vocabulary of 72 pieces, but the model has 71");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
        assertUnavailable(directory, ModelDirectory.SHORTLIST + ": is truncated or damaged");
    }

    private String version() {
        try (Translator translator = Translator.open(directory)) {
            translator.translate(
                    List.of("some text"), new LanguagePair("en", "fr"), new TranslationOptions(2, 1, 0.6, 0, 2));
            return translator.modelVersion();
        }
    }

    private Path writeShortlist(Path pieces, int vocabularySize) throws IOException {
        Path file = directory.resolve(ModelDirectory.SHORTLIST);
        int[][] perPiece = new int[vocabularySize][0];
        new ShortlistFile(
                        vocabularySize,
                        ShortlistFile.piecesSha256(pieces),
                        List.of(new ShortlistFile.Table("en", "fr", new int[] {3, 20, 30}, perPiece)))
                .write(file);
        return file;
    }

    private void write(ModelConfiguration configuration) {
        TinyModel.write(directory, configuration, 1);
    }

    private static void assertUnavailable(Path directory, String message) {
        assertThatExceptionOfType(ModelUnavailableException.class)
                .isThrownBy(() -> Translator.open(directory).close())
                .withMessageContaining(message);
    }
}
