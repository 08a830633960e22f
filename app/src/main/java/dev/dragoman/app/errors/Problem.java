package dev.dragoman.app.errors;

import java.util.Locale;

/** The closed set of things that an error answer can say, each with its HTTP status, its title and its stable type. */
public enum Problem {
    INVALID_REQUEST(400, "Invalid request"),
    UNAUTHORIZED(401, "Unauthorized"),
    FORBIDDEN(403, "Forbidden"),
    NOT_FOUND(404, "Not found"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    REQUEST_TIMEOUT(408, "Request timeout"),
    CONFLICT(409, "Conflict"),
    REQUEST_TOO_LARGE(413, "Request too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
    UNPROCESSABLE(422, "Unprocessable"),
    OVERLOADED(429, "Overloaded"),
    RATE_EXCEEDED(429, "Rate exceeded"),
    QUOTA_EXCEEDED(456, "Quota exceeded"),
    /** The status is not of HTTP but of servers' logs, for clients that have hung up. */
    CANCELLED(499, "Cancelled"),
    INTERNAL(500, "Internal error"),
    UNAVAILABLE(503, "Unavailable"),
    DEADLINE_PASSED(504, "Deadline passed");

    private final int status;
    private final String title;

    Problem(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /**
     * The problem that fits an HTTP status best: its own where there is one, otherwise {@link #INVALID_REQUEST} below 500 and
     * {@link #INTERNAL} above.
     */
    public static Problem ofStatus(int status) {
        for (Problem problem : values()) {
            if (problem.status == status) {
                return problem;
            }
        }
        return status < 500 ? INVALID_REQUEST : INTERNAL;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** A URI that stays the same across releases, for clients that branch on the kind of an error. */
    public String type() {
        return "urn:dragoman:problem:" + slug();
    }

    /** The last part of {@link #type()}, also the value of the metrics' tag {@code outcome}. */
    public String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
