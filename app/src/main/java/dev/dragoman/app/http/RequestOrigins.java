package dev.dragoman.app.http;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.sentences.Lane;
import dev.dragoman.app.translation.RequestOrigin;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells from an HTTP request how urgent it is, whose it is, and how long its client waits, and watches for the client's hanging up. */
public final class RequestOrigins {
    /**
     * Name of the request attribute, a string, that says whose request it is. Whoever knows the caller sets it; without it, it is the address
     * that the request comes from.
     */
    public static final String CLIENT_ATTRIBUTE = RequestOrigins.class.getName() + ".client";

    /** In milliseconds, or with a unit. */
    static final String TIMEOUT_HEADER = "X-Request-Timeout";

    /** What Envoy and the meshes made of it tell of the time that they will wait, in milliseconds. */
    static final String ENVOY_TIMEOUT_HEADER = "X-Envoy-Expected-Rq-Timeout-Ms";

    /** RFC 9218. */
    static final String PRIORITY_HEADER = "Priority";

    private static final Pattern TIMEOUT = Pattern.compile("(\\d{1,9})(ms|s)?");
    private static final Pattern URGENCY = Pattern.compile("(?:^|,)\\s*u=([0-7])(?=\\s*(?:[,;]|$))");

    /** Urgencies from here on are behind the default of 3 by more than one: nobody waits. */
    private static final int BATCH_URGENCY = 5;

    private final ConnectionWatch connections;

    RequestOrigins(ConnectionWatch connections) {
        this.connections = connections;
    }

    /**
     * The origin of a request that is to be translated, which then has to be ended.
     *
     * @param lane where requests of this kind wait unless their header says otherwise
     * @throws InvalidRequest if the header with the timeout cannot be read
     */
    public RequestOrigin of(HttpServletRequest request, Lane lane) {
        RequestOrigin origin =
                new RequestOrigin(lane(request.getHeader(PRIORITY_HEADER), lane), client(request), timeout(request));
        origin.onEnd(connections.watch(request.getLocalPort(), request.getRemotePort(), origin::hangUp));
        return origin;
    }

    private static String client(HttpServletRequest request) {
        return request.getAttribute(CLIENT_ATTRIBUTE) instanceof String known
                ? known
                : String.valueOf(request.getRemoteAddr());
    }

    /** As the RFC has it, a header that cannot be read is ignored. */
    private static Lane lane(@Nullable String priority, Lane otherwise) {
        Matcher urgency = URGENCY.matcher(priority == null ? "" : priority);
        if (!urgency.find()) {
            return otherwise;
        }
        return Integer.parseInt(urgency.group(1)) >= BATCH_URGENCY ? Lane.BATCH : Lane.INTERACTIVE;
    }

    private static @Nullable Duration timeout(HttpServletRequest request) {
        String own = request.getHeader(TIMEOUT_HEADER);
        return own == null
                ? timeout(ENVOY_TIMEOUT_HEADER, request.getHeader(ENVOY_TIMEOUT_HEADER))
                : timeout(TIMEOUT_HEADER, own);
    }

    private static @Nullable Duration timeout(String name, @Nullable String value) {
        if (value == null) {
            return null;
        }
        Matcher matcher = TIMEOUT.matcher(value.strip().toLowerCase(Locale.ROOT));
        long amount = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
        if (amount == 0) {
            throw new InvalidRequest("Invalid request: the header " + name
                    + " must be a number of milliseconds above 0, or one with the unit ms or s");
        }
        return "s".equals(matcher.group(2)) ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
    }
}
