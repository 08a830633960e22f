package dev.dragoman.app.models;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.sentences.SchedulerMetrics;
import dev.dragoman.app.sentences.SentenceCache;
import dev.dragoman.app.sentences.SentenceTranslator;
import dev.dragoman.app.sentences.StageListener;
import dev.dragoman.app.sentences.TranslationScheduler;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.ModelDescription;
import dev.dragoman.inference.ModelUnavailableException;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and warms models and puts a queue with workers before each. */
final class ModelLoader {
    private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);

    /** Translated before the first request: an engine compiles and allocates on its first two calls of a kind. */
    private static final List<List<String>> WARM_UP = List.of(
            List.of("This is the first sentence."), List.of("And this one is the second.", "The third is short."));

    private static final String ACTION = "Put the model's files back, or change dragoman.models.";

    private final DragomanProperties properties;
    private final ModelOpener opener;
    private final SentenceCache cache;
    private final Ticker ticker;
    private final ModelMetrics metrics;
    private final StageListener listener;

    ModelLoader(
            DragomanProperties properties,
            ModelOpener opener,
            SentenceCache cache,
            Ticker ticker,
            MeterRegistry meters,
            StageListener listener) {
        this.properties = properties;
        this.opener = opener;
        this.cache = cache;
        this.ticker = ticker;
        this.metrics = new ModelMetrics(meters);
        this.listener = listener;
    }

    /**
     * Opens the models of the configuration.
     *
     * @throws ModelStartupException if a model cannot be served; those opened before it are closed again
     */
    ServedModels load() {
        List<ServedModel> models = new ArrayList<>();
        try {
            ModelDirectories.requireRoots(properties.modelRootPaths());
            Set<String> names = new HashSet<>();
            for (Path directory : ModelDirectories.find(properties.modelPaths())) {
                String name = directory.getFileName().toString();
                models.add(serve(names.add(name) ? name : directory.toString(), open(directory)));
            }
            return new ServedModels(models, properties.pivot());
        } catch (RuntimeException | Error unservable) {
            models.forEach(ServedModel::close);
            throw unservable;
        }
    }

    /**
     * A model that is open and warm.
     *
     * @param description what its directory says of it
     */
    record OpenModel(Path directory, Translator translator, ModelDescription description) {}

    /**
     * Opens a model and makes it translate.
     *
     * @throws ModelStartupException if it cannot be opened or does not translate; the message says why
     */
    OpenModel open(Path directory) {
        long begin = System.nanoTime();
        Translator translator = openTranslator(directory);
        long opened = System.nanoTime();
        try {
            warmUp(translator);
            log.debug(
                    "Opened {} in {} ms and warmed it in {} ms",
                    directory,
                    (opened - begin) / 1_000_000,
                    (System.nanoTime() - opened) / 1_000_000);
            return new OpenModel(directory, translator, opener.describe(directory));
        } catch (RuntimeException | Error failed) {
            translator.close();
            throw unexpected("The model " + directory + " opens but does not translate", failed);
        }
    }

    /**
     * Starts the workers of an open model, which belongs to the result from then on. Its meters take the place of those of a model that
     * had the name before.
     */
    ServedModel serve(String name, OpenModel model) {
        metrics.forget(name);
        metrics.watch(name, model);
        Translator translator = model.translator();
        TranslationScheduler scheduler = new TranslationScheduler(
                name,
                translator,
                properties.queue(),
                properties.batch(),
                properties.translation().deadline(),
                ticker,
                new SchedulerMetrics(metrics.registry(), name));
        return new ServedModel(
                name,
                model,
                new SentenceTranslator(
                        translator.modelVersion(), cache, scheduler, ticker, metrics.sentences(name), listener),
                scheduler);
    }

    /** Removes the meters of a model that nobody uses any more. */
    void forget(String name) {
        metrics.forget(name);
    }

    private Translator openTranslator(Path directory) {
        try {
            return opener.open(directory);
        } catch (ModelUnavailableException unavailable) {
            throw new ModelStartupException(String.valueOf(unavailable.getMessage()), ACTION, unavailable);
        } catch (RuntimeException | Error failed) {
            throw unexpected("The model directory " + directory + " cannot be opened", failed);
        }
    }

    /** What no operator can be told in a sentence goes to the log as a whole. */
    private static ModelStartupException unexpected(String message, Throwable failed) {
        log.error(message, failed);
        String firstLine = failed.toString().lines().findFirst().orElse("");
        return new ModelStartupException(message + ": " + firstLine, ACTION, failed);
    }

    private void warmUp(Translator translator) {
        TranslationOptions options = properties.translation().options(0);
        for (LanguagePair pair : translator.languagePairs()) {
            WARM_UP.forEach(sentences -> translator.translate(sentences, pair, options));
        }
    }
}
