package dev.dragoman.app.models;

import dev.dragoman.app.models.ModelLoader.OpenModel;
import dev.dragoman.app.sentences.SentenceTranslator;
import dev.dragoman.app.sentences.TranslationScheduler;
import dev.dragoman.inference.ModelDescription;
import dev.dragoman.inference.Translator;
import java.nio.file.Path;

/**
 * One open model with its queue and workers.
 *
 * @param name the name of its directory, unique among the open models
 * @param model what was opened
 * @param sentences the way to translations
 * @param scheduler the workers behind {@code sentences}
 */
public record ServedModel(String name, OpenModel model, SentenceTranslator sentences, TranslationScheduler scheduler)
        implements ServedDirection {
    @Override
    public Translator translator() {
        return model.translator();
    }

    @Override
    public Translator writer() {
        return model.translator();
    }

    /** Where its files are. */
    public Path directory() {
        return model.directory();
    }

    /** What its directory says of it. */
    public ModelDescription description() {
        return model.description();
    }

    /** Finishes what was admitted, then closes the model. */
    void close() {
        scheduler.close();
        translator().close();
    }
}
