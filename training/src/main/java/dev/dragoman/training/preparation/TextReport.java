package dev.dragoman.training.preparation;

import dev.dragoman.training.data.SkipReason;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was read of a text, and what was left out and why.
 *
 * @param read pairs of the original
 * @param kept pairs of the cleaned text
 * @param skipped pairs left out by reason; reasons that did not occur are absent
 */
record TextReport(long read, long kept, Map<SkipReason, Long> skipped) {
    TextReport {
        Map<SkipReason, Long> sorted = new EnumMap<>(SkipReason.class);
        sorted.putAll(skipped);
        skipped = Collections.unmodifiableMap(sorted);
    }

    /** The same after {@code more} of the kept pairs were left out. */
    TextReport without(long more, SkipReason reason) {
        Map<SkipReason, Long> all = new EnumMap<>(SkipReason.class);
        all.putAll(skipped);
        if (more > 0) {
            all.merge(reason, more, Long::sum);
        }
        return new TextReport(read, kept - more, all);
    }

    /** A phrase for people. */
    String leftOut() {
        return skipped.isEmpty()
                ? ""
                : "; left out: "
                        + skipped.entrySet().stream()
                                .map(e -> e.getKey().description() + " "
                                        + String.format(Locale.ROOT, "%,d", e.getValue()))
                                .collect(Collectors.joining(", "));
    }
}
