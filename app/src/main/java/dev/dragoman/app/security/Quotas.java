package dev.dragoman.app.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts the characters of requests with a key, and refuses what is beyond its month. */
public final class Quotas {
    private static final String RESERVED = Quotas.class.getName();

    private final Keys keys;
    private final Refusals refusals;

    Quotas(Keys keys, Refusals refusals) {
        this.keys = keys;
        this.refusals = refusals;
    }

    /** What is to be taken back if the request fails. */
    private record Reserved(ApiKey key, String month, long characters) {}

    /**
     * Counts what a request is about to have translated. It is taken back if the answer is an error.
     *
     * @throws dev.dragoman.app.errors.ServiceException if it is more than what is left to the key
     */
    public void charge(HttpServletRequest request, long characters) {
        ApiKey key = Client.of(request).key();
        if (key == null) {
            return;
        }
        String month = keys.month();
        KeyUse use = keys.use(key);
        if (!use.reserve(month, characters)) {
            // Only who has a limit can be beyond it.
            long limit = Objects.requireNonNull(key.charactersPerMonth());
            throw refusals.count("quota", Protocol.of(request).overQuota(limit, use.characters(month), characters));
        }
        request.setAttribute(RESERVED, new Reserved(key, month, characters));
    }

    void refund(HttpServletRequest request) {
        if (request.getAttribute(RESERVED) instanceof Reserved reserved) {
            request.removeAttribute(RESERVED);
            keys.use(reserved.key()).refund(reserved.month(), reserved.characters());
        }
    }

    /**
     * What a key used this month.
     *
     * @param limit null where it has none
     */
    public record MonthlyUse(long characters, @Nullable Long limit) {}

    /** What the key of a request used this month; null of who has none. */
    public @Nullable MonthlyUse use(HttpServletRequest request) {
        ApiKey key = Client.of(request).key();
        return key == null ? null : new MonthlyUse(keys.use(key).characters(keys.month()), key.charactersPerMonth());
    }
}
