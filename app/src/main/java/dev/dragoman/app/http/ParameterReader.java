package dev.dragoman.app.http;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.errors.ServiceException.RequestTooLarge;
import dev.dragoman.app.errors.ServiceException.UnsupportedMediaType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.Charset;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the fields of a request from wherever clients put them.
 *
 * <p>A JSON content type wants a JSON object. With any other, the values are those of query string, form and multipart body together;
 * a body in a further format is refused, unless the query has all that is needed.
 */
public final class ParameterReader {
    private final JsonMapper json;
    private final long limitBytes;

    /** @param limit largest body that is read */
    public ParameterReader(JsonMapper json, DataSize limit) {
        this.json = json;
        this.limitBytes = limit.toBytes();
    }

    /**
     * Reads a request that is nothing without one field.
     *
     * @param required name of that field; a body in which nothing is found by that name may be in a format that is not read, which the
     *     error then tells. That it is missing is for the caller to tell
     * @throws dev.dragoman.app.errors.ServiceException if the request is too large or in no known format
     */
    public Parameters read(HttpServletRequest request, String required) {
        MediaType type = contentType(request);
        if (type != null && isJson(type)) {
            return jsonParameters(body(request), type);
        }
        FormParameters parameters = parameters(request);
        if (parameters.string(required) == null && type != null && !isForm(type)) {
            throw new UnsupportedMediaType("Unsupported media type: send application/json,"
                    + " application/x-www-form-urlencoded or multipart/form-data");
        }
        if (parameters.string(required) == null && parameters.looksLikeJson()) {
            throw new InvalidRequest("Invalid request: missing " + required + " parameter;"
                    + " a JSON body needs the header Content-Type: application/json");
        }
        return parameters;
    }

    /**
     * Reads a request whose fields are all optional: with a JSON content type and no body, as some clients ask for lists, the query
     * counts.
     *
     * @throws dev.dragoman.app.errors.ServiceException if the request is too large or in no known format
     */
    public Parameters readOptional(HttpServletRequest request) {
        MediaType type = contentType(request);
        if (type != null && isJson(type)) {
            byte[] body = body(request);
            if (body.length > 0) {
                return jsonParameters(body, type);
            }
        }
        return parameters(request);
    }

    private static @Nullable MediaType contentType(HttpServletRequest request) {
        String header = request.getContentType();
        if (header == null || header.isBlank()) {
            return null;
        }
        try {
            return MediaType.parseMediaType(header);
        } catch (InvalidMediaTypeException unreadable) {
            throw new UnsupportedMediaType("Unsupported media type: the Content-Type header cannot be read");
        }
    }

    private static boolean isJson(MediaType type) {
        return type.getSubtype().equals("json") || type.getSubtype().endsWith("+json");
    }

    private static boolean isForm(MediaType type) {
        return type.isCompatibleWith(MediaType.APPLICATION_FORM_URLENCODED)
                || type.isCompatibleWith(MediaType.MULTIPART_FORM_DATA);
    }

    private JsonParameters jsonParameters(byte[] body, MediaType type) {
        JsonNode object = parse(body, type.getCharset());
        if (object == null || !object.isObject()) {
            throw new InvalidRequest("Invalid JSON format");
        }
        return new JsonParameters(object);
    }

    /** One byte more than allowed shows a body that is too large, whatever its headers said or did not say. */
    private byte[] body(HttpServletRequest request) {
        requireLength(request);
        byte[] body;
        try {
            body = request.getInputStream().readNBytes((int) Math.min(limitBytes + 1, Integer.MAX_VALUE - 8));
        } catch (IOException broken) {
            throw new InvalidRequest("Invalid request: the body cannot be read to its end");
        }
        if (body.length > limitBytes) {
            throw new RequestTooLarge(limitBytes);
        }
        return body;
    }

    private void requireLength(HttpServletRequest request) {
        if (request.getContentLengthLong() > limitBytes) {
            throw new RequestTooLarge(limitBytes);
        }
    }

    private @Nullable JsonNode parse(byte[] body, @Nullable Charset charset) {
        try {
            // Jackson tells the UTF family apart by itself; what a client declares beyond it has to be decoded first.
            return charset == null || charset.name().startsWith("UTF-")
                    ? json.readTree(body)
                    : json.readTree(new String(body, charset));
        } catch (JacksonException malformed) {
            throw new InvalidRequest("Invalid JSON format");
        }
    }

    private FormParameters parameters(HttpServletRequest request) {
        requireLength(request);
        try {
            return new FormParameters(request.getParameterMap());
        } catch (InvalidParameterException refused) {
            if (refused.getErrorCode() == HttpStatus.CONTENT_TOO_LARGE.value()) {
                throw new RequestTooLarge(limitBytes);
            }
            throw new InvalidRequest("Invalid request: the parameters cannot be read");
        }
    }
}
