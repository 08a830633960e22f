package dev.dragoman.app.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.app.fixture.FakeOpener;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.Translator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A start that fails: the whole application, and what its operator reads. */
class ModelStartupIT {
    @TempDir
    private Path parent;

    @Test
    void start_withoutTheDirectory() {
        Path missing = parent.resolve("missing");
        assertThat(failure(TestServer.application(ModelOpener.OF_FILES), missing)
                        .getDescription())
                .isEqualTo("The model directory " + missing + " does not exist");
    }

    @Test
    void start_withoutTheDirectoryOfModelsForLater() {
        Path model = TestModels.modelDirectory(parent, "model");
        Path missing = parent.resolve("missing");
        SpringApplication application =
                TestServer.application(new FakeOpener(directory -> new FakeTranslator("v1", TestServer.EN_FR)));
        assertThat(failure(application, model, "--dragoman.model-roots=" + missing)
                        .getDescription())
                .isEqualTo("dragoman.model-roots must be directories, separated by commas, but there is none at "
                        + missing);
    }

    @Test
    void start_withABrokenModel() {
        Path broken = TestModels.modelDirectory(parent, "broken");
        FailureAnalysis failure = failure(TestServer.application(ModelOpener.OF_FILES), broken);
        assertThat(failure.getDescription()).startsWith(broken.toString()).doesNotContain("\n");
        assertThat(failure.getAction()).contains("dragoman.models");
    }

    @Test
    void start_withTwoModelsOfOnePair() {
        Map<Path, Translator> translators = Map.of(
                TestModels.modelDirectory(parent, "a"), new FakeTranslator("v1", TestServer.EN_FR),
                TestModels.modelDirectory(parent, "b"), new FakeTranslator("v2", TestServer.EN_FR));
        assertThat(failure(
                                TestServer.application(new FakeOpener(
                                        directory -> Objects.requireNonNull(translators.get(directory)))),
                                parent)
                        .getDescription())
                .isEqualTo("The models a and b both serve en-fr");
    }

    /** Starts, expects the start to fail, and returns what the analyzer that the application registers makes of it. */
    private static FailureAnalysis failure(SpringApplication application, Path models, String... properties) {
        List<String> arguments = new ArrayList<>(List.of(properties));
        arguments.addAll(List.of("--server.port=0", "--management.server.port=0", "--dragoman.models=" + models));
        FailureAnalysis[] analysis = new FailureAnalysis[1];
        assertThatThrownBy(() -> application.run(arguments.toArray(String[]::new)))
                .satisfies(fault -> analysis[0] = new ModelStartupFailureAnalyzer().analyze(fault));
        return Objects.requireNonNull(analysis[0]);
    }
}
