package dev.dragoman.app.models;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.configuration.DragomanProperties.TranslationProperties;
import dev.dragoman.app.fixture.FakeOpener;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TemporaryDirectory;
import dev.dragoman.app.sentences.SentenceCache;
import dev.dragoman.app.sentences.StageListener;
import dev.dragoman.inference.Translator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Models around {@link FakeTranslator}s, without Spring. */
public final class TestModels {
    static final Duration DRAIN_TIME = Duration.ofSeconds(10);

    private TestModels() {}

    /** Open models, called {@code model-0} and so on. */
    public static Models serving(FakeTranslator... translators) {
        Models models = new Models(() -> load(translators), new ModelUse(), DRAIN_TIME);
        models.awaitOpen();
        return models;
    }

    /** Models that are being opened and never will be open. */
    public static Models neverOpen() {
        return new Models(() -> new CompletableFuture<ServedModels>().join(), new ModelUse(), DRAIN_TIME);
    }

    static ServedModels load(FakeTranslator... translators) {
        Path parent = temporaryDirectory();
        for (int i = 0; i < translators.length; i++) {
            modelDirectory(parent, "model-" + i);
        }
        return loader(
                        properties(Map.of("dragoman.models", parent.toString())),
                        directory -> translators[index(directory)])
                .load();
    }

    private static int index(Path directory) {
        return Integer.parseInt(directory.getFileName().toString().substring("model-".length()));
    }

    static ModelLoader loader(DragomanProperties properties, Function<Path, Translator> translators) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        return new ModelLoader(
                properties,
                new FakeOpener(translators),
                new SentenceCache(properties.cache().size(), meters),
                Ticker.systemTicker(),
                meters,
                StageListener.NONE);
    }

    /** The server's properties, with their defaults but for some. */
    public static DragomanProperties properties(Map<String, String> values) {
        return new Binder(List.of(new MapConfigurationPropertySource(values)))
                .bindOrCreate("dragoman", Bindable.of(DragomanProperties.class));
    }

    public static TranslationProperties translationProperties() {
        return properties(Map.of()).translation();
    }

    static Path temporaryDirectory() {
        return TemporaryDirectory.make("dragoman-models");
    }

    static Path modelDirectory(Path parent, String name) {
        try {
            Path directory = Files.createDirectories(parent.resolve(name));
            Files.writeString(directory.resolve("config.json"), "{}");
            return directory;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
