package dev.dragoman.benchmark;

import java.util.Locale;

/** Numbers as tables show them. */
final class Figures {
    private Figures() {}

    /** Three digits or so. */
    static String of(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3g";
        return value == 0 ? "0" : String.format(Locale.ROOT, format, value);
    }

    static String milliseconds(double seconds) {
        return of(1e3 * seconds);
    }

    /** In thousand millions: of operations or bytes. */
    static String rate(double perSecond) {
        return of(1e-9 * perSecond);
    }

    static String gigabytes(double bytes) {
        return of(1e-9 * bytes);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
