package dev.dragoman.model.checkpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;

/** Digests of content. */
final class Digests {
    private Digests() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One digest for those of several files, in the given order. */
    static String combined(Collection<String> digests) {
        return HexFormat.of()
                .formatHex(sha256().digest(String.join("\n", digests).getBytes(StandardCharsets.UTF_8)));
    }
}
