package dev.dragoman.app.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of keys: {@code dgm_ID_SECRET}, an id of 12 letters and digits that may be shown, and a secret of 43.
 *
 * <p>The secret holds 256 random bits, so that one round of SHA-256 keeps it: there is nothing to guess that a slow hash would slow down, and
 * every request is hashed.
 */
final class KeySecret {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 12;
    private static final int SECRET_LENGTH = 43;
    private static final Pattern FORM =
            Pattern.compile("dgm_([0-9A-Za-z]{" + ID_LENGTH + "})_[0-9A-Za-z]{" + SECRET_LENGTH + "}");

    private KeySecret() {}

    /** A new key. */
    static String generate(SecureRandom random) {
        return "dgm_" + letters(random, ID_LENGTH) + "_" + letters(random, SECRET_LENGTH);
    }

    private static String letters(SecureRandom random, int length) {
        StringBuilder letters = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            letters.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return letters.toString();
    }

    /** The id in a key, if it is one. */
    static Optional<String> id(String key) {
        Matcher form = FORM.matcher(key);
        return form.matches() ? Optional.of(form.group(1)) : Optional.empty();
    }

    static String hash(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JVM has SHA-256", impossible);
        }
    }

    /** Whether a key has a hash, in a time that does not tell where they differ. */
    static boolean matches(String key, String hash) {
        return MessageDigest.isEqual(
                hash(key).getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
    }
}
