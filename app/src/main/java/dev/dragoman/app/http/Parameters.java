package dev.dragoman.app.http;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of one request. A field that is absent, or null in JSON, is null here. */
public abstract sealed class Parameters permits JsonParameters, FormParameters {
    /** Whether the field was sent as a list: in JSON as an array, in a form more than once. */
    public abstract boolean isList(String field);

    /**
     * The strings of a field that is one string or a list of them.
     *
     * @throws InvalidRequest if it is anything else
     */
    public abstract @Nullable List<String> strings(String field);

    /**
     * A field that is one string.
     *
     * @throws InvalidRequest if it is anything else
     */
    public abstract @Nullable String string(String field);

    /**
     * The strings of a field that is a list of objects, which only JSON has: of each object the value of each member.
     *
     * @param members all of which every object must have, as strings; others are ignored
     * @throws InvalidRequest if it is anything else
     */
    public abstract @Nullable List<Map<String, String>> objects(String field, List<String> members);

    /** A number as it was written, so that all kinds of requests are judged in one place; empty if it is of another type. */
    public abstract @Nullable String number(String field);

    /**
     * A field that is true or false, which forms write as 1 and 0 too.
     *
     * @throws InvalidRequest if it is anything else
     */
    public final @Nullable Boolean flag(String field) {
        String written = flagAsWritten(field);
        if (written == null || written.isEmpty()) {
            return null;
        }
        return switch (written.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new InvalidRequest("Invalid request: " + field + " parameter must be true or false");
        };
    }

    abstract @Nullable String flagAsWritten(String field);

    /** {@link #string}, with an empty string as good as none. */
    public final @Nullable String nonEmpty(String field) {
        String value = string(field);
        return value == null || value.isEmpty() ? null : value;
    }
}
