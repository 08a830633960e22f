package dev.dragoman.training;

import java.nio.file.Path;

/** A recipe that cannot be used; the message names the file, and the key and value where there is one. */
public final class RecipeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RecipeException(Path file, String problem) {
        super(file + ": " + problem);
    }

    public RecipeException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
