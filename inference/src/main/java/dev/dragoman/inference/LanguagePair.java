package dev.dragoman.inference;

/**
 * A direction of translation.
 *
 * @param source ISO 639-1 code in lower case, for example {@code en}
 * @param target likewise
 */
public record LanguagePair(String source, String target) {
    /** For messages, for example {@code en-fr}. */
    @Override
    public String toString() {
        return source + "-" + target;
    }
}
