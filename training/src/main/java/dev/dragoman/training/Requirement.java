package dev.dragoman.training;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks of a recipe's values; each message names the key, the limit and the value. */
final class Requirement {
    private Requirement() {}

    /** The parser hands in null for a key that is absent. */
    static void present(String key, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
    }

    /** An unchangeable copy. */
    static <T> List<T> list(String key, @Nullable List<T> values) {
        if (values == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        if (values.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(key + " must not hold null");
        }
        return List.copyOf(values);
    }

    static <T> List<T> notEmpty(String key, String of, @Nullable List<T> values) {
        List<T> copy = list(key, values);
        if (copy.isEmpty()) {
            throw new IllegalArgumentException(key + " must name at least one " + of + ", but is empty");
        }
        return copy;
    }

    static void range(String key, double value, double from, double to) {
        if (!(value >= from && value <= to)) {
            throw new IllegalArgumentException(
                    key + " must be from " + plain(from) + " to " + plain(to) + ", but is " + plain(value));
        }
    }

    /** How often a pair or sentence of a file occurs in an epoch. */
    static void weight(String file, @Nullable Double weight) {
        if (weight != null && !(weight > 0 && weight <= 1000)) {
            throw new IllegalArgumentException(
                    "weight of " + file + " must be above 0 and up to 1000, but is " + plain(weight));
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
