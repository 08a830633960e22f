package dev.dragoman.app.http;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.errors.ServiceException.RequestTooLarge;
import dev.dragoman.app.errors.ServiceException.UnsupportedMediaType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
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
    private static final String PARSED = ParameterReader.class.getName() + ".parsed";
    private static final String BODY = ParameterReader.class.getName() + ".body";

    /** Stands for a body that is not needed any more; not empty, as that has a meaning. */
    private static final byte[] PARSED_ALREADY = {' '};

    private static final int BUFFER_BYTES = 8192;

    private final JsonMapper json;
    private final FormLimits limits;

    /**
     * Makes a reader.
     *
     * @param limits largest body that is read, and what Tomcat reads of forms
     */
    public ParameterReader(JsonMapper json, FormLimits limits) {
        this.json = json;
        this.limits = limits;
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
            return jsonParameters(request, body(request), type);
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
                return jsonParameters(request, body, type);
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

    private JsonParameters jsonParameters(HttpServletRequest request, byte[] body, MediaType type) {
        if (request.getAttribute(PARSED) instanceof JsonParameters parsed) {
            return parsed;
        }
        JsonNode object = parse(body, type.getCharset());
        if (object == null || !object.isObject()) {
            throw new InvalidRequest("Invalid JSON format");
        }
        JsonParameters parameters = new JsonParameters(object);
        request.setAttribute(PARSED, parameters);
        request.removeAttribute(BODY);
        return parameters;
    }

    /** The body, which can be read from the client once and is asked for by the search for a key and by the controller. */
    private byte[] body(HttpServletRequest request) {
        if (request.getAttribute(PARSED) != null) {
            return PARSED_ALREADY;
        }
        if (request.getAttribute(BODY) instanceof byte[] read) {
            return read;
        }
        requireLength(request);
        byte[] body;
        try {
            body = arrived(request.getInputStream(), request.getContentLengthLong());
        } catch (IOException broken) {
            throw new InvalidRequest("Invalid request: the body cannot be read to its end");
        }
        request.setAttribute(BODY, body);
        return body;
    }

    /**
     * One byte more than allowed shows a body that is too large, whatever its headers said or did not say.
     *
     * @param length what they said, or less than 0
     */
    private byte[] arrived(InputStream input, long length) throws IOException {
        // Most bodies are short, and there is no sense in clearing more memory than they take.
        int expected = (int) (length < 0 ? BUFFER_BYTES : Math.max(1, Math.min(length, BUFFER_BYTES)));
        ByteArrayOutputStream body = new ByteArrayOutputStream(expected);
        byte[] buffer = new byte[expected];
        for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
            body.write(buffer, 0, count);
            if (body.size() > limits.bytes()) {
                throw RequestTooLarge.body(limits.bytes(), -1);
            }
        }
        return body.toByteArray();
    }

    private void requireLength(HttpServletRequest request) {
        long length = request.getContentLengthLong();
        if (length > limits.bytes()) {
            throw RequestTooLarge.body(limits.bytes(), length);
        }
    }

    private @Nullable JsonNode parse(byte[] body, @Nullable Charset charset) {
        try {
            // Jackson tells the UTF family apart by itself; what a client declares beyond it has to be decoded first.
            return charset == null || charset.name().startsWith("UTF-")
                    ? json.readTree(body)
                    : json.readTree(new String(body, charset));
        } catch (JacksonException malformed) {
            throw new JsonLimits(json.tokenStreamFactory().streamReadConstraints()).refusal(malformed);
        }
    }

    private FormParameters parameters(HttpServletRequest request) {
        requireLength(request);
        try {
            return new FormParameters(request.getParameterMap());
        } catch (InvalidParameterException refused) {
            throw limits.refusal(refused, request);
        }
    }
}
