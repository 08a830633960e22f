package dev.dragoman.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Requests as bytes of HTTP/1.1. */
final class LoadRequests {
    private static final JsonMapper JSON = new JsonMapper();

    private LoadRequests() {}

    /** {@code POST /translate} of one text from English. */
    static byte[] translate(String text, String target, String... headers) {
        return post("/translate", Map.of("q", text, "source", "en", "target", target), headers);
    }

    /** A body of JSON. */
    static byte[] post(String path, Map<String, ?> body, String... headers) {
        return post(path, "application/json", JSON.writeValueAsBytes(body), headers);
    }

    /**
     * Any body.
     *
     * @param headers further ones, {@code NAME: VALUE}
     */
    static byte[] post(String path, String contentType, byte[] body, String... headers) {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + contentType + "\r\nContent-Length: " + body.length + "\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        byte[] first = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[first.length + body.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(body, 0, all, first.length, body.length);
        return all;
    }

    /** Words of the text that a request of {@link #translate} brings. */
    static int words(byte[] request) {
        int words = 1;
        for (int i = request.length - 1; i >= 0 && request[i] != '\n'; i--) {
            words += request[i] == ' ' ? 1 : 0;
        }
        return words;
    }

    static byte[] get(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
