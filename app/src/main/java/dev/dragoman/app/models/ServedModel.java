package dev.dragoman.app.models;

import dev.dragoman.app.sentences.SentenceTranslator;
import dev.dragoman.app.sentences.TranslationScheduler;
import dev.dragoman.inference.Translator;

/**
 * One open model with its queue and workers.
 *
 * @param name the name of its directory, unique among the open models
 * @param translator for segmentation and counting; translations go through {@code sentences}
 * @param sentences the way to translations
 * @param scheduler the workers behind {@code sentences}
 */
public record ServedModel(
        String name, Translator translator, SentenceTranslator sentences, TranslationScheduler scheduler) {
    /** Finishes what was admitted, then closes the model. */
    void close() {
        scheduler.close();
        translator.close();
    }
}
