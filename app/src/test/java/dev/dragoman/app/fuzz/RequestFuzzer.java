package dev.dragoman.app.fuzz;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Makes requests of an OpenAPI description: every path, method, parameter, field and media type of it, and in each request something that
 * it does not allow. The same seed makes the same requests.
 */
final class RequestFuzzer {
    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "translate");
    private static final List<String> TYPES = List.of(
            "application/json",
            "application/json; charset=utf-16",
            "application/json; charset=iso-8859-1",
            "application/json;charset=\"",
            "application/vnd.api+json",
            "APPLICATION/JSON",
            "text/json",
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-7",
            "application/x-www-form-urlencoded; charset=none",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=x",
            "multipart/form-data; boundary=" + "x".repeat(300),
            "multipart/mixed; boundary=x",
            "text/plain",
            "application/octet-stream",
            "*/*",
            "/",
            "json",
            "");
    private static final List<String> HEADERS = List.of(
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "Authorization",
            "Content-Encoding",
            "Content-Disposition",
            "Cookie",
            "Expect",
            "Forwarded",
            "If-None-Match",
            "Origin",
            "Access-Control-Request-Method",
            "Priority",
            "Range",
            "Referer",
            "User-Agent",
            "X-API-Key",
            "X-Envoy-Expected-Rq-Timeout-Ms",
            "X-Forwarded-For",
            "X-HTTP-Method-Override",
            "X-Request-ID",
            "X-Request-Timeout",
            "traceparent");
    private static final List<String> HEADER_VALUES = List.of(
            "text/event-stream",
            "application/x-ndjson",
            "text/html;q=2, */*;q=-1",
            "application/json;",
            ",,,",
            "gzip",
            "100-continue",
            "u=9, i=?",
            "u=6",
            "Bearer ",
            "DeepL-Auth-Key :fx",
            "http://evil.example",
            "bytes=0-18446744073709551615",
            "00-00000000000000000000000000000000-0000000000000000-01",
            "1ms",
            "999999999s",
            "-1",
            "\u00ff\u00fe",
            "a".repeat(9_000));

    private final JsonNode api;
    private final String key;
    private final Random random;
    private final OddValues odd;
    private final List<Operation> operations = new ArrayList<>();

    private record Operation(String path, String method, JsonNode words) {}

    /** A field of a body, its value as JSON. */
    private record Field(String name, String json) {}

    /**
     * @param api the description
     * @param key that most requests bring
     */
    RequestFuzzer(JsonNode api, String key, Random random) {
        this.api = api;
        this.key = key;
        this.random = random;
        this.odd = new OddValues(random);
        api.get("paths")
                .propertyStream()
                .forEach(path -> path.getValue()
                        .propertyStream()
                        .forEach(operation -> operations.add(new Operation(
                                path.getKey(), operation.getKey().toUpperCase(Locale.ROOT), operation.getValue()))));
    }

    /** How many methods of paths there are to be tried. */
    int operations() {
        return operations.size();
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    /** The next request; with operations in turn, so that each has its share. */
    FuzzedRequest next(int number) {
        Operation operation = operations.get(number % operations.size());
        String method = oneIn(12) ? odd.oneOf(METHODS) : operation.method();
        StringBuilder head =
                new StringBuilder(method).append(' ').append(target(operation)).append(" HTTP/1.1\r\n");
        head.append(oneIn(40) ? "Host: " + headerValue() : "Host: localhost").append("\r\nConnection: close\r\n");
        if (!oneIn(8)) {
            head.append("X-API-Key: ").append(key).append("\r\n");
        }
        for (int more = random.nextInt(4); more > 0; more--) {
            head.append(odd.oneOf(HEADERS)).append(": ").append(headerValue()).append("\r\n");
        }
        byte[] body = {};
        JsonNode content = operation.words().at("/requestBody/content");
        if (!content.isMissingNode()) {
            List<String> types = List.copyOf(content.propertyNames());
            String type = odd.oneOf(types);
            body = body(type, fields(content.get(type)));
            head.append("Content-Type: ")
                    .append(oneIn(6) ? odd.oneOf(TYPES) : type + (type.startsWith("multipart") ? "; boundary=x" : ""))
                    .append("\r\n");
        } else if (oneIn(6)) {
            body = odd.json().getBytes(StandardCharsets.UTF_8);
            head.append("Content-Type: ").append(odd.oneOf(TYPES)).append("\r\n");
        }
        return framed(head, body);
    }

    private FuzzedRequest framed(StringBuilder head, byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean chunked = oneIn(10);
        head.append(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length);
        bytes.writeBytes(head.append("\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (chunked && body.length > 0) {
            bytes.writeBytes((Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(body);
            bytes.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        bytes.writeBytes(chunked ? "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII) : body);
        return new FuzzedRequest(bytes.toByteArray(), true);
    }

    /** Without what would end the header. */
    private String headerValue() {
        String value = oneIn(3) ? odd.text() : odd.oneOf(HEADER_VALUES);
        return value.replaceAll("[\r\n\0]", "");
    }

    private String target(Operation operation) {
        String path = operation.path();
        JsonNode parameters = operation.words().path("parameters");
        List<String> query = new ArrayList<>();
        for (JsonNode parameter : parameters) {
            String name = parameter.get("name").stringValue();
            String value = oneIn(3) ? "en" : odd.text();
            if (parameter.get("in").stringValue().equals("path")) {
                path = path.replace("{" + name + "}", encoded(value));
            } else if (!oneIn(4)) {
                query.add(encoded(name) + "=" + encoded(value));
            }
        }
        if (oneIn(10)) {
            query.add(odd.oneOf(List.of("%", "%zz=1", "&&=&", "q=%ff%fe", "=", "a=b&".repeat(1_500), "q=1&q=2&q")));
        }
        if (oneIn(25)) {
            path += odd.oneOf(List.of("/", "//", "/.", "/%2e%2e", ";a=b", "%", ".json", "\\", "/%00"));
        }
        return path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private String encoded(String text) {
        return oneIn(30) ? text.replaceAll("[^!-~]", "%") : URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The example's fields and some further ones of the schema, of which up to three are spoilt. */
    private List<Field> fields(JsonNode media) {
        List<Field> fields = new ArrayList<>();
        media.path("example")
                .propertyStream()
                .forEach(
                        one -> fields.add(new Field(one.getKey(), one.getValue().toString())));
        JsonNode schema = media.get("schema");
        JsonNode resolved =
                schema.has("$ref") ? api.at(schema.get("$ref").stringValue().substring(1)) : schema;
        List<String> names = List.copyOf(resolved.path("properties").propertyNames());
        for (int spoilt = 1 + random.nextInt(3); spoilt > 0; spoilt--) {
            String name = names.isEmpty() || oneIn(12) ? odd.text() : odd.oneOf(names);
            switch (random.nextInt(6)) {
                // Twice, the second time with another value.
                case 0 -> fields.add(new Field(name, odd.json()));
                case 1 -> fields.removeIf(field -> field.name().equals(name));
                default -> {
                    fields.removeIf(field -> field.name().equals(name));
                    fields.add(random.nextInt(fields.size() + 1), new Field(name, odd.json()));
                }
            }
        }
        return fields;
    }

    private byte[] body(String type, List<Field> fields) {
        String text;
        if (type.startsWith("multipart")) {
            text = fields.stream().map(this::part).collect(Collectors.joining()) + (oneIn(10) ? "--x" : "--x--\r\n");
        } else if (type.endsWith("json")) {
            text = fields.stream()
                    .map(field -> odd.quoted(field.name()) + ":" + field.json())
                    .collect(Collectors.joining(",", "{", "}"));
            text = oneIn(15) ? odd.json() : text;
        } else {
            text = fields.stream()
                    .map(field -> encoded(field.name()) + "=" + encoded(plain(field)))
                    .collect(Collectors.joining("&"));
        }
        Charset charset = oneIn(20)
                ? odd.oneOf(List.of(StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16, StandardCharsets.UTF_16LE))
                : StandardCharsets.UTF_8;
        byte[] bytes = text.getBytes(charset);
        if (oneIn(15) && bytes.length > 0) {
            // No UTF-8.
            bytes[random.nextInt(bytes.length)] = (byte) (0x80 + random.nextInt(0x80));
        }
        return oneIn(300) ? (text + " ".repeat(300_000)).getBytes(charset) : bytes;
    }

    private String part(Field field) {
        String name = field.name().replaceAll("[\r\n\"]", "");
        String file = field.name().equals("file") || oneIn(15)
                ? "; filename=\"" + odd.oneOf(List.of("a.txt", "a.html", "", "../a.txt", "a.exe", "a".repeat(500)))
                        + "\""
                : "";
        String type = oneIn(8) ? "Content-Type: " + odd.oneOf(TYPES) + "\r\n" : "";
        return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"" + file + "\r\n" + type + "\r\n"
                + plain(field) + "\r\n";
    }

    private static String plain(Field field) {
        String json = field.json();
        return json.startsWith("\"") && json.length() > 1 ? json.substring(1, json.length() - 1) : json;
    }
}
