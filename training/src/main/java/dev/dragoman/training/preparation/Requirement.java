package dev.dragoman.training.preparation;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks of the values of a recipe's {@code preparation}; each message names the key, the limit and the value. */
final class Requirement {
    private Requirement() {}

    static void that(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** The parser hands in null for a key that is absent. */
    static <T> T present(String key, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }

    static <T> List<T> list(String key, @Nullable List<T> values) {
        that(present(key, values).stream().noneMatch(Objects::isNull), key + " must not hold null");
        return List.copyOf(present(key, values));
    }

    static void range(String key, double value, double from, double to) {
        that(value >= from && value <= to, key + " must be from " + from + " to " + to + ", but is " + value);
    }

    /** Names become those of files. */
    static void fileName(String key, @Nullable String name) {
        that(
                present(key, name).matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}"),
                key + " must be letters, digits, ., _ and -, at most 100, but is '" + name + "'");
    }

    static void distinct(String key, List<String> values) {
        Set<String> seen = new HashSet<>();
        for (String value : values) {
            that(seen.add(value), key + " must be different, but " + value + " is there twice");
        }
    }
}
