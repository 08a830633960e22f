package dev.dragoman.app.models;

import org.jspecify.annotations.Nullable;

/** A configured model that cannot be served. The message is one sentence for the operator. */
final class ModelStartupException extends RuntimeException {
    private final String action;

    /** @param action what the operator can do about it */
    ModelStartupException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    String action() {
        return action;
    }
}
