package dev.dragoman.app.translation;

import dev.dragoman.app.sentences.Lane;
import java.time.Duration;

/** What is in a {@link RequestOrigin}, for tests of other packages. */
public final class OriginParts {
    private OriginParts() {}

    public static Lane lane(RequestOrigin origin) {
        return origin.lane();
    }

    public static String client(RequestOrigin origin) {
        return origin.client();
    }

    public static Duration timeout(RequestOrigin origin, Duration most) {
        return origin.timeout(most);
    }
}
