package dev.dragoman.model.checkpoint;

import java.nio.file.Path;

/** A file of a model directory cannot be used: missing, truncated, foreign, or of a newer format. The message names the file. */
public final class ModelFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ModelFormatException(Path file, String problem) {
        super(file + ": " + problem);
    }

    public ModelFormatException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
