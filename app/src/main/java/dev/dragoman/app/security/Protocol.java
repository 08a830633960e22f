package dev.dragoman.app.security;

import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;

/** How each protocol says no: the statuses and words that its clients know. */
public enum Protocol {
    LIBRETRANSLATE(400, 403, 403),
    DEEPL(403, 403, 456),
    /** The server's own paths, and those of the Open Inference Protocol. */
    OTHER(401, 401, 429);

    private final int withoutKey;
    private final int withWrongKey;
    private final int overQuota;

    Protocol(int withoutKey, int withWrongKey, int overQuota) {
        this.withoutKey = withoutKey;
        this.withWrongKey = withWrongKey;
        this.overQuota = overQuota;
    }

    /** By the path: DeepL's are below {@code /v2} and {@code /v3}, those of the Open Inference Protocol below {@code /v2/models}. */
    static Protocol of(HttpServletRequest request) {
        return of(request.getRequestURI());
    }

    /** By the path alone. */
    public static Protocol of(String path) {
        if (path.startsWith("/admin/")
                || path.equals("/models")
                || path.equals("/v2")
                || path.startsWith("/v2/models")
                || path.startsWith("/v2/health")) {
            return OTHER;
        }
        return path.startsWith("/v2/") || path.startsWith("/v3/") ? DEEPL : LIBRETRANSLATE;
    }

    /** All that who calls a path may be told for want of a right. */
    public List<Refused> refusals() {
        return List.of(
                withoutKey(),
                withWrongKey(),
                withoutScope("this"),
                overRate(1, Duration.ofSeconds(1)),
                overQuota(1, 1, 1));
    }

    Refused withoutKey() {
        return refused(
                Problem.UNAUTHORIZED,
                withoutKey,
                switch (this) {
                    case LIBRETRANSLATE -> "Please contact the server operator to get an API key";
                    case DEEPL -> "Authorization failure: send the header Authorization: DeepL-Auth-Key KEY";
                    case OTHER -> "Unauthorized: send the header Authorization: Bearer KEY";
                });
    }

    Refused withWrongKey() {
        return refused(
                Problem.UNAUTHORIZED,
                withWrongKey,
                switch (this) {
                    case LIBRETRANSLATE -> "Invalid API key";
                    case DEEPL -> "Authorization failure: the key is not valid";
                    case OTHER -> "Unauthorized: the key is not valid";
                });
    }

    Refused withoutScope(String scope) {
        return refused(Problem.FORBIDDEN, 403, "Forbidden: the key is not for " + scope);
    }

    /** @param perMinute the key's limit */
    Refused overRate(int perMinute, Duration wait) {
        // Whole seconds, rounded up: who waits as told is let through.
        Duration retryAfter =
                Duration.ofSeconds(wait.plusSeconds(1).minusNanos(1).toSeconds());
        return new Refused(
                Problem.RATE_EXCEEDED,
                429,
                "Slowdown: the key's requests per minute (" + perMinute + ") are used up, retry after "
                        + retryAfter.toSeconds() + " seconds",
                retryAfter);
    }

    /**
     * Clients of DeepL's know the words that it begins with.
     *
     * @param perMonth the key's limit
     * @param used of it
     * @param asked what this request would use
     */
    Refused overQuota(long perMonth, long used, long asked) {
        return refused(
                Problem.QUOTA_EXCEEDED,
                overQuota,
                (this == DEEPL ? "Quota for this billing period has been exceeded." : "Quota exceeded.")
                        + " The key's characters per month (" + perMonth + ") do not suffice: " + used
                        + " are used and this request has " + asked);
    }

    private static Refused refused(Problem problem, int status, String message) {
        return new Refused(problem, status, message, Duration.ZERO);
    }
}
