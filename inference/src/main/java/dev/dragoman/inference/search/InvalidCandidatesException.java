package dev.dragoman.inference.search;

/** A network returned, for one sentence, what cannot be log probabilities; the message names row, id and value. */
public final class InvalidCandidatesException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    InvalidCandidatesException(String message) {
        super(message);
    }
}
