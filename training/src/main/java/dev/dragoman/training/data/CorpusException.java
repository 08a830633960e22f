package dev.dragoman.training.data;

/** A corpus cannot be trained on as the options say; the message names the limit and what was given. */
public final class CorpusException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public CorpusException(String message) {
        super(message);
    }
}
