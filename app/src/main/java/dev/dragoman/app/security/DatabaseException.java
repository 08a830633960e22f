package dev.dragoman.app.security;

/** The database of keys cannot be used. The message is one sentence for the operator. */
public final class DatabaseException extends RuntimeException {
    private final String action;

    /** @param action what the operator can do about it */
    DatabaseException(String message, String action, Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** What the operator can do about it. */
    public String action() {
        return action;
    }
}
