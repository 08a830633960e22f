package dev.dragoman.inference.phrase;

/** A constraint that no translation of a model can keep. */
public final class UnkeepableConstraintException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    UnkeepableConstraintException(String name, String reason) {
        super(name + " " + reason);
        this.reason = reason;
    }

    /** Why, without the name of what cannot be kept: {@code has ... in it}. */
    public String reason() {
        return reason;
    }
}
