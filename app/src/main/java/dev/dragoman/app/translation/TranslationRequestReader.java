package dev.dragoman.app.translation;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.errors.ServiceException.RequestTooLarge;
import dev.dragoman.app.errors.ServiceException.UnsupportedMediaType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
 * Reads a translation request from wherever clients put it.
 *
 * <p>A JSON content type wants a JSON object. With any other, the values are those of query string, form and multipart body together;
 * a body in a further format is refused, unless the query has all that is needed. Unknown fields are ignored, {@code api_key} among
 * them: this server asks for none.
 */
final class TranslationRequestReader {
    private static final String TEXTS = "q";

    private final JsonMapper json;
    private final long limitBytes;

    /** @param limit largest body that is read */
    TranslationRequestReader(JsonMapper json, DataSize limit) {
        this.json = json;
        this.limitBytes = limit.toBytes();
    }

    /**
     * Reads the request.
     *
     * @throws dev.dragoman.app.errors.ServiceException if it is too large, in no known format, or lacks a required field
     */
    TranslationRequest read(HttpServletRequest request) {
        if (request.getContentLengthLong() > limitBytes) {
            throw new RequestTooLarge(limitBytes);
        }
        MediaType type = contentType(request);
        return type != null && isJson(type) ? readJson(request, type) : readParameters(request, type);
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

    private TranslationRequest readJson(HttpServletRequest request, MediaType type) {
        JsonNode object = parse(body(request), type.getCharset());
        if (object == null || !object.isObject()) {
            throw new InvalidRequest("Invalid JSON format");
        }
        JsonNode texts = object.path(TEXTS);
        return new TranslationRequest(
                texts(texts),
                texts.isArray(),
                required("source", string("source", object.path("source"))),
                required("target", string("target", object.path("target"))),
                string("format", object.path("format")),
                number(object.path("alternatives")));
    }

    /** One byte more than allowed shows a body that is too large, whatever its headers said or did not say. */
    private byte[] body(HttpServletRequest request) {
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

    private static List<String> texts(JsonNode node) {
        if (isAbsent(node)) {
            throw missing(TEXTS);
        }
        if (node.isString()) {
            return List.of(required(TEXTS, node.stringValue()));
        }
        if (!node.isArray()) {
            throw new InvalidRequest("Invalid request: q parameter must be a string or a list of strings");
        }
        List<String> texts = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            if (!element.isString()) {
                throw new InvalidRequest("Invalid request: q[" + texts.size() + "] must be a string");
            }
            texts.add(element.stringValue());
        }
        if (texts.isEmpty()) {
            throw missing(TEXTS);
        }
        return texts;
    }

    private static @Nullable String string(String field, JsonNode node) {
        if (isAbsent(node)) {
            return null;
        }
        if (!node.isString()) {
            throw new InvalidRequest("Invalid request: " + field + " parameter must be a string");
        }
        return node.stringValue();
    }

    /** The number as it was written, so that both kinds of requests are judged in one place; 3.0 is a way to write 3. */
    private static @Nullable String number(JsonNode node) {
        if (isAbsent(node)) {
            return null;
        }
        if (node.isFloatingPointNumber()) {
            double value = node.doubleValue();
            return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : "";
        }
        return node.isString() || node.isIntegralNumber() ? node.asString() : "";
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private TranslationRequest readParameters(HttpServletRequest request, @Nullable MediaType type) {
        try {
            String[] texts = request.getParameterValues(TEXTS);
            if (texts == null && type != null && !isForm(type)) {
                throw new UnsupportedMediaType("Unsupported media type: send application/json,"
                        + " application/x-www-form-urlencoded or multipart/form-data");
            }
            if (texts == null && looksLikeJson(request)) {
                throw new InvalidRequest("Invalid request: missing q parameter;"
                        + " a JSON body needs the header Content-Type: application/json");
            }
            return fromParameters(texts == null ? new String[] {""} : texts, request);
        } catch (InvalidParameterException refused) {
            if (refused.getErrorCode() == HttpStatus.CONTENT_TOO_LARGE.value()) {
                throw new RequestTooLarge(limitBytes);
            }
            throw new InvalidRequest("Invalid request: the parameters cannot be read");
        }
    }

    /** A form with several {@code q} counts as a list: no text may get lost. */
    private static TranslationRequest fromParameters(String[] texts, HttpServletRequest request) {
        if (texts.length == 1) {
            required(TEXTS, texts[0]);
        }
        return new TranslationRequest(
                Arrays.stream(texts)
                        .map(TranslationRequestReader::withLineFeeds)
                        .toList(),
                texts.length > 1,
                required("source", request.getParameter("source")),
                required("target", request.getParameter("target")),
                request.getParameter("format"),
                emptyAsNull(request.getParameter("alternatives")));
    }

    private static boolean isForm(MediaType type) {
        return type.isCompatibleWith(MediaType.APPLICATION_FORM_URLENCODED)
                || type.isCompatibleWith(MediaType.MULTIPART_FORM_DATA);
    }

    /** What curl sends as a form when it is given JSON and no header. */
    private static boolean looksLikeJson(HttpServletRequest request) {
        return request.getParameterMap().keySet().stream()
                .anyMatch(name -> name.stripLeading().startsWith("{"));
    }

    /** Browsers end the lines of a form with CR LF whatever the text had. */
    private static String withLineFeeds(String text) {
        return text.replace("\r\n", "\n").replace('\r', '\n');
    }

    private static @Nullable String emptyAsNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static String required(String field, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw missing(field);
        }
        return value;
    }

    private static InvalidRequest missing(String field) {
        return new InvalidRequest("Invalid request: missing " + field + " parameter");
    }
}
