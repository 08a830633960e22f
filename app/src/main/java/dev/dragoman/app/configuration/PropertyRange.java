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

    /** What is kept in the heap may take half of it: more, and the server would end out of memory once it is full. */
    static void requireInHeap(String property, DataSize value) {
        DataSize largest = DataSize.ofBytes(Runtime.getRuntime().maxMemory() / 2);
        if (value.isNegative() || value.compareTo(largest) > 0) {
            throw new IllegalArgumentException(property + " must be from 0B to " + largest.toMegabytes()
                    + "MB, half of the largest heap (which the JVM's option -Xmx sets), but is " + value);
        }
    }

    private static void requireInside(String property, boolean inside, Object value, Object from, Object to) {
        if (!inside) {
            throw new IllegalArgumentException(property + " must be from " + from + " to " + to + ", but is " + value);
        }
    }
}
