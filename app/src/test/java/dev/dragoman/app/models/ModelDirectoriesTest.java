package dev.dragoman.app.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDirectoriesTest {
    @TempDir
    private Path parent;

    @Test
    void find_aModelDirectory() {
        Path model = TestModels.modelDirectory(parent, "model");
        assertThat(ModelDirectories.find(List.of(model))).containsExactly(model);
    }

    @Test
    void find_modelDirectoriesInADirectory() throws IOException {
        Path second = TestModels.modelDirectory(parent, "b");
        Path first = TestModels.modelDirectory(parent, "a");
        Files.createDirectory(parent.resolve("curves"));
        Files.writeString(parent.resolve("README.md"), "What these are.");
        assertThat(ModelDirectories.find(List.of(parent))).containsExactly(first, second);
    }

    @Test
    void find_oneThatIsNamedTwice() {
        Path model = TestModels.modelDirectory(parent, "model");
        assertThat(ModelDirectories.find(List.of(parent, model))).containsExactly(model);
    }

    @Test
    void find_noDirectory() {
        Path missing = parent.resolve("missing");
        assertThatExceptionOfType(ModelStartupException.class)
                .isThrownBy(() -> ModelDirectories.find(List.of(missing)))
                .withMessage("The model directory " + missing + " does not exist");
    }

    @Test
    void find_aDirectoryWithoutModels() {
        assertThatExceptionOfType(ModelStartupException.class)
                .isThrownBy(() -> ModelDirectories.find(List.of(parent)))
                .withMessage("The model directory " + parent + " has no config.json, nor has a directory in it");
    }

    @Test
    void requireRoots_thatAreThere() {
        ModelDirectories.requireRoots(List.of(parent));
    }

    @Test
    void requireRoots_oneThatIsMissing() {
        Path missing = parent.resolve("missing");
        assertThatExceptionOfType(ModelStartupException.class)
                .isThrownBy(() -> ModelDirectories.requireRoots(List.of(parent, missing)))
                .withMessage("dragoman.model-roots must be directories, separated by commas, but there is none at "
                        + missing);
    }

    @Test
    void requireRoots_aFile() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "");
        assertThatExceptionOfType(ModelStartupException.class)
                .isThrownBy(() -> ModelDirectories.requireRoots(List.of(file)))
                .withMessage(
                        "dragoman.model-roots must be directories, separated by commas, but " + file + " is a file");
    }
}
