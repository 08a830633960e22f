package dev.dragoman.app.fuzz;

import java.nio.charset.StandardCharsets;

/**
 * What is sent to a server.
 *
 * @param isHttp whether it is HTTP as far as its frame goes, so that it has to be answered and not only closed
 */
record FuzzedRequest(byte[] bytes, boolean isHttp) {
    /** The beginning, in a form that can be put into a Java string. */
    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder();
        String text = new String(bytes, 0, Math.min(bytes.length, 2_000), StandardCharsets.ISO_8859_1);
        for (char c : text.toCharArray()) {
            switch (c) {
                case '\r' -> shown.append("\\r");
                case '\n' -> shown.append("\\n");
                default -> shown.append(c < ' ' || c > '~' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        return shown + (bytes.length > 2_000 ? "... of " + bytes.length + " bytes" : "");
    }

    /** Whether the client says how long it waits, so that it may be told that this was too short. */
    boolean tellsItsPatience() {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.contains("X-Request-Timeout") || text.contains("X-Envoy-Expected");
    }
}
