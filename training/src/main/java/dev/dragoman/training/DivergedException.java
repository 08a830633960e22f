package dev.dragoman.training;

/** Training cannot go on since a loss or a gradient is not finite; the message names the update and the last good checkpoint. */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DivergedException(String message) {
        super(message);
    }
}
