package dev.dragoman.app.detection;

/**
 * A guess at the language of a text.
 *
 * @param language code; that of a served language where there is one, for instance {@code pt-BR}
 * @param confidence estimated probability in percent, 0 to 100; 0 only of {@link #UNKNOWN}
 */
public record Detection(String language, int confidence) {
    /** What LibreTranslate says of a text that cannot be told: digits, emoji, a script of no known language. */
    public static final Detection UNKNOWN = new Detection("en", 0);

    /** Whether the language could not be told. */
    public boolean isUnknown() {
        return confidence == 0;
    }
}
