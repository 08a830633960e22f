package dev.dragoman.app.models;

import dev.dragoman.inference.Translator;
import java.nio.file.Path;

/** How a model directory becomes a translator: {@link Translator#open}, or a test's double. */
@FunctionalInterface
public interface ModelOpener {
    /**
     * Opens a model directory.
     *
     * @throws dev.dragoman.inference.ModelUnavailableException if it cannot be opened; the message names the file
     */
    Translator open(Path directory);
}
