package dev.dragoman.app.sentences;

import java.util.Locale;

/** Who goes first. */
public enum Lane {
    /** Somebody waits for the answer. */
    INTERACTIVE,
    /** Takes what the other lane leaves, but an eighth of the rows whatever the other lane wants. */
    BATCH;

    /** The value of the metrics' tag {@code lane}. */
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
