package dev.dragoman.model.configuration;

import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** What a parser found wrong with a configuration, in one line for the person who wrote it. */
public final class ParseProblem {
    private ParseProblem() {}

    /** The complaint with the path of its field, for example {@code network.width: ...}, and the line where it is known. */
    public static String of(JacksonException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        // A record's own complaint names its field, and is plainer than the parser's account of it.
        if (cause instanceof IllegalArgumentException own && own.getMessage() != null) {
            return own.getMessage();
        }
        // Its location would be the end of the object that holds it.
        if (e instanceof UnrecognizedPropertyException unknown) {
            return path(e) + "no such field; there are "
                    + unknown.getKnownPropertyIds().stream()
                            .map(String::valueOf)
                            .sorted()
                            .collect(Collectors.joining(", "));
        }
        boolean located = e.getLocation() != null && e.getLocation().getLineNr() > 0;
        return path(e)
                + e.getOriginalMessage()
                + (located ? " (line " + e.getLocation().getLineNr() + ")" : "");
    }

    private static String path(JacksonException e) {
        String path = e.getPath().stream()
                .map(step ->
                        step.getPropertyName() == null ? "[" + step.getIndex() + "]" : "." + step.getPropertyName())
                .collect(Collectors.joining());
        return path.isEmpty() ? "" : path.substring(path.startsWith(".") ? 1 : 0) + ": ";
    }
}
