package dev.dragoman.model.configuration;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks of configuration values; each message names the field, the limit and the value. */
final class Requirement {
    private Requirement() {}

    static void that(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** A file's reader hands in null for a field that is absent. */
    static void present(String field, @Nullable Object value) {
        that(value != null, field + " is missing");
    }

    static void atLeast(String field, int value, int least) {
        that(value >= least, field + " must be at least " + least + ", but is " + value);
    }

    static void range(String field, double value, double from, double to) {
        that(
                value >= from && value <= to,
                field + " must be from " + plain(from) + " to " + plain(to) + ", but is " + plain(value));
    }

    /** An unchangeable copy. */
    static <T> List<T> list(String field, @Nullable List<T> values) {
        if (values == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
        that(values.stream().allMatch(Objects::nonNull), field + " must not hold null");
        return List.copyOf(values);
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
