package dev.dragoman.benchmark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sizes as options name them, and whether they fit. */
final class Sizes {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})x([1-9][0-9]{0,5})");
    /** What has to stay free for the batch, for the JVM and for the other processes. */
    private static final double RESERVE = 1.5e9;

    private Sizes() {}

    /**
     * Width and hidden size from {@code 256x512}.
     *
     * @throws BenchmarkException if the text has another form
     */
    static int[] parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new BenchmarkException("--size must be WIDTHxHIDDEN, such as 256x512, but is " + text);
        }
        return new int[] {Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))};
    }

    /** Why something cannot be measured for lack of memory; null if it can. */
    static @Nullable String shortage(double bytes) {
        return shortage(bytes, Machine.availableMemory());
    }

    static @Nullable String shortage(double bytes, double available) {
        return bytes + RESERVE <= available
                ? null
                : "it needs " + Figures.gigabytes(bytes) + " GB and " + Figures.gigabytes(RESERVE)
                        + " GB for all else, but " + Figures.gigabytes(available) + " GB are available";
    }
}
