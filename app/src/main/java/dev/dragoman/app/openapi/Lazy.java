package dev.dragoman.app.openapi;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A description that is made once, by whoever asks first. */
final class Lazy {
    private final Supplier<Map<String, Object>> making;
    private @Nullable Map<String, Object> made;

    Lazy(Supplier<Map<String, Object>> making) {
        this.making = making;
    }

    synchronized Map<String, Object> get() {
        if (made == null) {
            made = making.get();
        }
        return made;
    }
}
