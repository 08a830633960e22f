package dev.dragoman.app.sentences;

import java.util.Locale;

/** Why work was given up before it was done. */
public enum Cancellation {
    DEADLINE,
    CLIENT_GONE,
    /** The request is answered with an error whatever becomes of this sentence: for instance since another part of it was not admitted. */
    REQUEST_FAILED;

    /** The value of the metrics' tag {@code reason}. */
    String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
