package dev.dragoman.app.libretranslate;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.http.ParameterReader;
import dev.dragoman.app.http.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the fields of a translation request. Unknown ones are ignored, {@code api_key} among them: this server asks for none. */
final class TranslationRequestReader {
    private static final String TEXTS = "q";

    private final ParameterReader reader;

    TranslationRequestReader(ParameterReader reader) {
        this.reader = reader;
    }

    /**
     * Reads the request. A form with several {@code q} counts as a list: no text may get lost.
     *
     * @throws dev.dragoman.app.errors.ServiceException if it is too large, in no known format, or lacks a required field
     */
    TranslationRequest read(HttpServletRequest request) {
        Parameters parameters = reader.read(request, TEXTS);
        boolean isList = parameters.isList(TEXTS);
        return new TranslationRequest(
                texts(parameters, isList),
                isList,
                required(parameters, "source"),
                required(parameters, "target"),
                parameters.string("format"),
                parameters.number("alternatives"),
                orEmpty(parameters.objects("glossary", List.of("source", "target"))),
                orEmpty(parameters.strings("banned")),
                parameters.nonEmpty("target_prefix"));
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static List<String> texts(Parameters parameters, boolean isList) {
        List<String> texts = parameters.strings(TEXTS);
        if (texts == null || texts.isEmpty() || (!isList && texts.get(0).isEmpty())) {
            throw missing(TEXTS);
        }
        return texts;
    }

    static String required(Parameters parameters, String field) {
        @Nullable String value = parameters.nonEmpty(field);
        if (value == null) {
            throw missing(field);
        }
        return value;
    }

    static InvalidRequest missing(String field) {
        return new InvalidRequest("Invalid request: missing " + field + " parameter");
    }
}
