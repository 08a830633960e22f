package dev.dragoman.app.security;

import dev.dragoman.app.http.RequestOrigins;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request: found once, before any controller, and held in an attribute of the request from then on.
 *
 * @param id the public id of a key, or that of {@link #ANONYMOUS}; may be shown and logged
 * @param key the key; null of who needs none
 */
public record Client(String id, @Nullable ApiKey key) {
    /** Whoever sends a request that needs no key. */
    public static final Client ANONYMOUS = new Client("anonymous", null);

    private static final String ATTRIBUTE = Client.class.getName();

    static Client of(ApiKey key) {
        return new Client(key.id(), key);
    }

    /** The sender of a request. */
    public static Client of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Client client ? client : ANONYMOUS;
    }

    void attachTo(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
        if (key != null) {
            request.setAttribute(RequestOrigins.CLIENT_ATTRIBUTE, id);
        }
    }
}
