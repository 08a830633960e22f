package dev.dragoman.app.security;

import dev.dragoman.app.http.ParameterReader;
import dev.dragoman.app.http.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Finds the key of a request in every place where a protocol puts it; a header wins over a field. */
final class Credentials {
    private static final List<String> SCHEMES = List.of("Bearer ", "DeepL-Auth-Key ");

    /** LibreTranslate's, and DeepL's of old. */
    private static final List<String> FIELDS = List.of("api_key", "auth_key");

    private final ParameterReader reader;

    Credentials(ParameterReader reader) {
        this.reader = reader;
    }

    /**
     * The key as it was sent; null if there is none.
     *
     * @throws dev.dragoman.app.errors.ServiceException if there is none in the headers, and the body cannot be read
     */
    @Nullable
    String find(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null) {
            for (String scheme : SCHEMES) {
                if (header.regionMatches(true, 0, scheme, 0, scheme.length())) {
                    return nonEmpty(header.substring(scheme.length()));
                }
            }
        }
        String own = nonEmpty(request.getHeader("X-API-Key"));
        return own != null ? own : field(request);
    }

    private @Nullable String field(HttpServletRequest request) {
        Parameters parameters = reader.readOptional(request);
        for (String field : FIELDS) {
            String key = nonEmpty(parameters.string(field));
            if (key != null) {
                return key;
            }
        }
        return null;
    }

    private static @Nullable String nonEmpty(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }
}
