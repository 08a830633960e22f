package dev.dragoman.app.errors;

import org.jspecify.annotations.Nullable;

/**
 * The limit that a request passed, for callers that read an error by program.
 *
 * @param field what was too long or too many, as the caller named it where it has a name
 * @param limit how long or how many it may be
 * @param value how long or how many it was; null where it was not read to its end
 */
public record Excess(String field, long limit, @Nullable Long value) {}
