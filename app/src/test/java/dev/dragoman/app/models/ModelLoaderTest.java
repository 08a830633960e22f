package dev.dragoman.app.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.Translator;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLoaderTest {
    private final FakeTranslator french = new FakeTranslator("v1", TestServer.EN_FR);
    private final FakeTranslator german = new FakeTranslator("v2", TestServer.EN_DE);

    @TempDir
    private Path parent;

    @Test
    void load_servesEachPairWithItsModel() {
        ServedModels models = TestModels.load(french, german);
        assertThat(models.all()).extracting(ServedModel::name).containsExactly("model-0", "model-1");
        assertThat(models.serving(TestServer.EN_FR)).isSameAs(models.all().get(0));
        assertThat(models.serving(TestServer.EN_DE)).isSameAs(models.all().get(1));
        assertThat(models).hasToString("model-0 (en-fr), model-1 (en-de)");
        models.close();
    }

    @Test
    void load_warmsEveryPair() {
        TestModels.load(french).close();
        assertThat(french.batches()).isNotEmpty();
    }

    @Test
    void load_twoModelsOfTheSamePair() {
        FakeTranslator other = new FakeTranslator("v3", TestServer.EN_FR);
        assertThatExceptionOfType(ModelStartupException.class)
                .isThrownBy(() -> TestModels.load(french, other))
                .withMessage("The models model-0 and model-1 both serve en-fr");
        assertThat(french.isClosed()).isTrue();
        assertThat(other.isClosed()).isTrue();
    }

    @Test
    void load_directoriesOfTheSameName() {
        Path first = TestModels.modelDirectory(parent, "a/model");
        Path second = TestModels.modelDirectory(parent, "b/model");
        ServedModels models = TestModels.loader(
                        TestModels.properties(Map.of("dragoman.models", first + "," + second)),
                        directory -> directory.equals(first) ? french : german)
                .load();
        assertThat(models.all()).extracting(ServedModel::name).containsExactly("model", second.toString());
        models.close();
    }

    @Test
    void load_aBrokenDirectoryNamesTheFile() {
        Path broken = TestModels.modelDirectory(parent, "broken");
        assertThatExceptionOfType(ModelStartupException.class)
                .isThrownBy(() -> load(broken, Translator::open))
                .withMessageContaining(broken.toString());
    }

    @Test
    void load_anUnexpectedFailureNamesTheDirectory() {
        Path directory = TestModels.modelDirectory(parent, "model");
        assertThatExceptionOfType(ModelStartupException.class)
                .isThrownBy(() -> load(directory, unopenable -> {
                    throw new UnsatisfiedLinkError("no such library");
                }))
                .withMessageContaining(directory + " cannot be opened")
                .withMessageContaining("no such library");
    }

    @Test
    void load_aModelThatDoesNotTranslate() {
        Path directory = TestModels.modelDirectory(parent, "model");
        french.close();
        assertThatExceptionOfType(ModelStartupException.class)
                .isThrownBy(() -> load(directory, unusable -> french))
                .withMessageContaining(directory + " opens but does not translate");
    }

    @Test
    void load_closesTheFirstWhenTheSecondFails() {
        Path first = TestModels.modelDirectory(parent, "first");
        TestModels.modelDirectory(parent, "second");
        assertThatExceptionOfType(ModelStartupException.class)
                .isThrownBy(() -> load(parent, directory -> {
                    if (directory.equals(first)) {
                        return french;
                    }
                    throw new IllegalStateException("broken");
                }));
        assertThat(french.isClosed()).isTrue();
    }

    private static ServedModels load(Path models, Function<Path, Translator> opener) {
        return TestModels.loader(TestModels.properties(Map.of("dragoman.models", models.toString())), opener)
                .load();
    }
}
