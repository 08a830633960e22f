package dev.dragoman.app.errors;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request that was not answered with a translation, for a reason that its caller is told.
 *
 * <p>These are answers rather than faults, so they carry no stack trace: refusing has to stay cheap when the server is overloaded.
 */
public abstract sealed class ServiceException extends RuntimeException {
    private final Problem problem;

    private ServiceException(Problem problem, String message) {
        super(message, null, false, false);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** The status of the answer: that of the problem, unless a protocol has its own. */
    public int status() {
        return problem.status();
    }

    /** The limit that was passed; null where it is something else that is wrong. */
    public @Nullable Excess excess() {
        return null;
    }

    /** The exception's message, which is never absent here. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** The caller's mistake: a missing field, a wrong type, an unknown language, a pair that no model serves. */
    public static final class InvalidRequest extends ServiceException {
        private final @Nullable Excess excess;

        public InvalidRequest(String message) {
            this(message, null);
        }

        private InvalidRequest(String message, @Nullable Excess excess) {
            super(Problem.INVALID_REQUEST, message);
            this.excess = excess;
        }

        /**
         * Too much of something in the JSON itself, whatever its fields mean.
         *
         * @param what is counted, in the plural
         * @param value null where it was not read to its end
         */
        public static InvalidRequest tooMuchJson(String what, long limit, @Nullable Long value) {
            return new InvalidRequest(
                    "Invalid JSON format: more than " + limit + " " + what + (value == null ? "" : ": " + value),
                    new Excess(what, limit, value));
        }

        @Override
        public @Nullable Excess excess() {
            return excess;
        }
    }

    /** A field that is longer than the server's configuration or its model allows. */
    public static final class LimitExceeded extends ServiceException {
        private final String unit;
        private final Excess excess;

        /**
         * @param field what was too long, as the caller named it, for example {@code q[3]}
         * @param unit what is counted, in the plural
         */
        public LimitExceeded(String field, String unit, long limit, long value) {
            super(
                    Problem.INVALID_REQUEST,
                    "Invalid request: request (" + value + ") exceeds text limit (" + limit + "): " + unit + " of "
                            + field);
            this.unit = unit;
            this.excess = new Excess(field, limit, value);
        }

        private LimitExceeded(Problem problem, String message, String unit, Excess excess) {
            super(problem, message);
            this.unit = unit;
            this.excess = excess;
        }

        /** A number, rather than something that is counted. */
        public static LimitExceeded ofNumber(String field, long limit, long value) {
            return new LimitExceeded(
                    Problem.INVALID_REQUEST,
                    "Invalid request: " + field + " parameter must be <= " + limit + ", but is " + value,
                    "",
                    new Excess(field, limit, value));
        }

        /**
         * The same for a protocol that calls a request of too much text too large rather than invalid, and the field by another name.
         *
         * @param name what the protocol calls the field that is {@code q} here
         */
        public LimitExceeded asTooLarge(String name) {
            String field = excess.field();
            String renamed = field.equals("q") || field.startsWith("q[") ? name + field.substring(1) : field;
            return new LimitExceeded(
                    Problem.REQUEST_TOO_LARGE,
                    "Request too large: " + excess.value() + " " + unit + " of " + renamed + " exceed the limit of "
                            + excess.limit(),
                    unit,
                    new Excess(renamed, excess.limit(), excess.value()));
        }

        @Override
        public Excess excess() {
            return excess;
        }
    }

    /** Something that this server does not offer to anybody. */
    public static final class Forbidden extends ServiceException {
        public Forbidden(String message) {
            super(Problem.FORBIDDEN, message);
        }
    }

    /** A caller without a right, in the words and with the status of the protocol that it speaks. */
    public static final class Refused extends ServiceException {
        private final int status;
        private final Duration retryAfter;

        /** @param retryAfter zero where waiting does not help */
        public Refused(Problem problem, int status, String message, Duration retryAfter) {
            super(problem, message);
            this.status = status;
            this.retryAfter = retryAfter;
        }

        @Override
        public int status() {
            return status;
        }

        /** In whole seconds; zero where waiting does not help. */
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** A thing that the request names and the server does not have. */
    public static final class NotFound extends ServiceException {
        public NotFound(String message) {
            super(Problem.NOT_FOUND, message);
        }
    }

    /** A change that does not fit to what is there; nothing was changed. */
    public static final class Conflict extends ServiceException {
        public Conflict(String message) {
            super(Problem.CONFLICT, message);
        }
    }

    /** Something that the server has and cannot use, for a reason that the message tells. */
    public static final class Unprocessable extends ServiceException {
        public Unprocessable(String message) {
            super(Problem.UNPROCESSABLE, message);
        }
    }

    /** A request that was refused for the size or the number of its parts alone, before anything in it was looked at. */
    public static final class RequestTooLarge extends ServiceException {
        private final Excess excess;

        private RequestTooLarge(String message, Excess excess) {
            super(Problem.REQUEST_TOO_LARGE, "Request too large: " + message);
            this.excess = excess;
        }

        /**
         * For the size of its body.
         *
         * @param bytes its size; negative if the client did not say so before, in which case it was not read to its end
         */
        public static RequestTooLarge body(long limitBytes, long bytes) {
            return new RequestTooLarge(
                    "body" + (bytes < 0 ? "" : " (" + bytes + " bytes)") + " exceeds limit (" + limitBytes + " bytes)",
                    new Excess("body", limitBytes, bytes < 0 ? null : Long.valueOf(bytes)));
        }

        /**
         * For what was not counted to its end.
         *
         * @param what is counted and where, in the plural
         */
        public static RequestTooLarge moreThan(String field, long limit, String what) {
            return new RequestTooLarge("more than " + limit + " " + what, new Excess(field, limit, null));
        }

        @Override
        public Excess excess() {
            return excess;
        }
    }

    /** A body that did not arrive in time. */
    public static final class RequestTimeout extends ServiceException {
        public RequestTimeout(Duration limit) {
            super(
                    Problem.REQUEST_TIMEOUT,
                    "Request timeout: the body did not arrive within " + limit.toMillis() + " milliseconds");
        }
    }

    /** A body in a format that the server does not read. */
    public static final class UnsupportedMediaType extends ServiceException {
        public UnsupportedMediaType(String message) {
            super(Problem.UNSUPPORTED_MEDIA_TYPE, message);
        }
    }

    /** A compressed body, or one encoded otherwise. */
    public static final class UnsupportedEncoding extends ServiceException {
        /** Names of codings; anything else is not repeated. */
        private static final Pattern CODINGS =
                Pattern.compile("[A-Za-z0-9_*-]{1,20}(\\s*,\\s*[A-Za-z0-9_*-]{1,20}){0,3}");

        /** @param encoding the value of the header Content-Encoding */
        public UnsupportedEncoding(String encoding) {
            super(
                    Problem.UNSUPPORTED_MEDIA_TYPE,
                    "Unsupported media type: the header Content-Encoding "
                            + (CODINGS.matcher(encoding).matches()
                                    ? "is " + encoding
                                    : "is " + encoding.length() + " characters that name no coding")
                            + ", but bodies have to be sent uncompressed, without that header or with identity");
        }
    }

    /** More work is waiting than the server promises to do. */
    public static final class Overloaded extends ServiceException {
        private final Duration retryAfter;

        public Overloaded(Duration retryAfter) {
            super(
                    Problem.OVERLOADED,
                    "Slowdown: the queue is full, retry after " + retryAfter.toSeconds() + " seconds");
            this.retryAfter = retryAfter;
        }

        /** In whole seconds, at least one. */
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The translation was not ready in time. */
    public static final class DeadlinePassed extends ServiceException {
        public DeadlinePassed(Duration deadline) {
            super(
                    Problem.DEADLINE_PASSED,
                    "Deadline passed: no translation within " + deadline.toMillis() + " milliseconds");
        }
    }

    /** Given up, since nobody waits for it any more: told to nobody but the metrics. */
    public static final class Cancelled extends ServiceException {
        public Cancelled() {
            super(Problem.CANCELLED, "Cancelled: nobody waits for the translation any more");
        }
    }

    /** The server's own fault; the log has the cause. */
    public static final class Internal extends ServiceException {
        public Internal() {
            super(Problem.INTERNAL, "Internal error: the translation failed, the server's log has the cause");
        }
    }

    /** The server is starting or stopping. */
    public static final class Unavailable extends ServiceException {
        public Unavailable(String message) {
            super(Problem.UNAVAILABLE, message);
        }
    }
}
