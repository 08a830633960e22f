package dev.dragoman.app.configuration;

import java.time.Duration;
import org.springframework.util.unit.DataSize;

/** Range checks whose messages name property, range and value, as the operator wrote them. */
final class PropertyRange {
    private PropertyRange() {}

    static void require(String property, int value, int from, int to) {
        requireInside(property, value >= from && value <= to, value, from, to);
    }

    /** Refuses what is not a number too, since no comparison with it holds. */
    static void require(String property, double value, double from, double to) {
        requireInside(property, value >= from && value <= to, value, from, to);
    }

    static void require(String property, Duration value, Duration from, Duration to) {
        requireInside(property, value.compareTo(from) >= 0 && value.compareTo(to) <= 0, value, from, to);
    }

    static void require(String property, DataSize value, DataSize from, DataSize to) {
        requireInside(property, value.compareTo(from) >= 0 && value.compareTo(to) <= 0, value, from, to);
    }

    private static void requireInside(String property, boolean inside, Object value, Object from, Object to) {
        if (!inside) {
            throw new IllegalArgumentException(property + " must be from " + from + " to " + to + ", but is " + value);
        }
    }
}
