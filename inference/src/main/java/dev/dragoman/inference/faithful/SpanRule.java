package dev.dragoman.inference.faithful;

/** One idea of what must not be translated. Takes time in proportion to what it reads, and reads little where it finds nothing. */
@FunctionalInterface
interface SpanRule {
    /** Where the span that begins at {@code at} ends; {@code at} itself if none begins there. */
    int end(String text, int at);

    /** Whether what this rule finds is filled by its place. */
    default boolean isPositional(String span) {
        return false;
    }
}
