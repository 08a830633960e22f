package dev.dragoman.app.models;

import dev.dragoman.inference.ModelDescription;
import dev.dragoman.inference.Translator;
import java.nio.file.Path;

/** How a model directory becomes a translator: as {@link #OF_FILES} does, or a test's double. */
public interface ModelOpener {
    /** Opens what is there. */
    ModelOpener OF_FILES = new ModelOpener() {
        @Override
        public Translator open(Path directory) {
            return Translator.open(directory);
        }

        @Override
        public ModelDescription describe(Path directory) {
            return ModelDescription.read(directory);
        }
    };

    /**
     * Opens a model directory.
     *
     * @throws dev.dragoman.inference.ModelUnavailableException if it cannot be opened; the message names the file
     */
    Translator open(Path directory);

    /**
     * What a directory that could be opened says of itself.
     *
     * @throws dev.dragoman.inference.ModelUnavailableException if it cannot be read any more; the message names the file
     */
    ModelDescription describe(Path directory);
}
