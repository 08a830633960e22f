package dev.dragoman.app.security;

import dev.dragoman.app.http.Scope;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is kept: everything but the secret.
 *
 * @param id its public part, by which it is listed, revoked and found
 * @param name what its owner calls it, 1 to 100 characters
 * @param hash SHA-256 of the whole key, in 64 hexadecimal digits
 * @param scopes at least one
 * @param requestsPerMinute null for no limit
 * @param charactersPerMonth code points of source text in a calendar month of UTC; null for no limit
 * @param revoked null while it is valid
 */
public record ApiKey(
        String id,
        String name,
        String hash,
        Set<Scope> scopes,
        @Nullable Integer requestsPerMinute,
        @Nullable Long charactersPerMonth,
        Instant created,
        @Nullable Instant revoked) {

    static final int LONGEST_NAME = 100;

    /** @throws IllegalArgumentException naming the limit and the value that is beyond it */
    public ApiKey {
        requireName(name);
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("scopes must name one at least");
        }
        if (requestsPerMinute != null) {
            requireRate(requestsPerMinute);
        }
        if (charactersPerMonth != null && (charactersPerMonth < 1 || charactersPerMonth > 1_000_000_000_000L)) {
            throw new IllegalArgumentException(
                    "characters per month must be from 1 to 1000000000000, but are " + charactersPerMonth);
        }
        scopes = Set.copyOf(scopes);
    }

    private static void requireName(String name) {
        boolean isPrintable = name.chars().noneMatch(Character::isISOControl);
        if (name.isBlank() || name.length() > LONGEST_NAME || !isPrintable) {
            String found = name.length() > LONGEST_NAME
                    ? String.valueOf(name.length())
                    : isPrintable ? "none but spaces" : "a control character";
            throw new IllegalArgumentException(
                    "name must be of 1 to " + LONGEST_NAME + " printable characters, but has " + found);
        }
    }

    /** The rate as a key takes it, of whatever a caller wrote. */
    static int requireRate(long requestsPerMinute) {
        if (requestsPerMinute < 1 || requestsPerMinute > 1_000_000) {
            throw new IllegalArgumentException(
                    "requests per minute must be from 1 to 1000000, but are " + requestsPerMinute);
        }
        return (int) requestsPerMinute;
    }

    boolean isValid() {
        return revoked == null;
    }
}
