package dev.dragoman.app.security;

import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.Scope;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Lets a request through to its controller, or does not: once keys are required, whatever is not marked as open needs one with the right
 * scope and within its rate. Administration always needs one, but for what is marked as free on this machine.
 */
final class AccessInterceptor implements HandlerInterceptor {
    private static final Pattern LOOPBACK_ADDRESS = Pattern.compile("127(\\.\\d+){3}|(0:){7}1|::1");
    private static final Pattern LOOPBACK_NAME =
            Pattern.compile("localhost|\\[?(" + LOOPBACK_ADDRESS + ")]?", Pattern.CASE_INSENSITIVE);

    private final Keys keys;
    private final Credentials credentials;
    private final Quotas quotas;
    private final Refusals refusals;

    AccessInterceptor(Keys keys, Credentials credentials, Quotas quotas, Refusals refusals) {
        this.keys = keys;
        this.credentials = credentials;
        this.quotas = quotas;
        this.refusals = refusals;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        // An answer that is ready later comes by here a second time; what is no controller of ours is a CORS preflight.
        if (request.getDispatcherType() == DispatcherType.REQUEST && handler instanceof HandlerMethod method) {
            admit(request, method.getMethodAnnotation(Access.class));
        }
        return true;
    }

    /**
     * Whether a request came to an address that is reached from this machine alone, and by a name of it: a browser that was told that another
     * site's name has this address must not administer in that site's name.
     */
    static boolean isFromHere(HttpServletRequest request) {
        return LOOPBACK_ADDRESS.matcher(request.getLocalAddr()).matches()
                && LOOPBACK_NAME.matcher(request.getServerName()).matches();
    }

    private void admit(HttpServletRequest request, @Nullable Access access) {
        Scope scope = access == null ? Scope.TRANSLATE : access.value();
        boolean isFree = access != null && access.open();
        boolean isFreeHere = access != null && access.freeHere() && isFromHere(request);
        if (isFree || (!keys.areRequired() && (scope != Scope.ADMIN || isFreeHere))) {
            Client.ANONYMOUS.attachTo(request);
            return;
        }
        Protocol protocol = Protocol.of(request);
        String text = credentials.find(request);
        if (text == null) {
            throw refusals.count("no-key", protocol.withoutKey());
        }
        ApiKey key = keys.find(text).orElseThrow(() -> refusals.count("wrong-key", protocol.withWrongKey()));
        if (!key.scopes().contains(scope)) {
            throw refusals.count("scope", protocol.withoutScope(scope.label()));
        }
        Duration wait = keys.use(key).request(keys.month());
        if (!wait.isZero()) {
            // Only who has a limit waits.
            int perMinute = Objects.requireNonNull(key.requestsPerMinute());
            throw refusals.count("rate", protocol.overRate(perMinute, wait));
        }
        Client.of(key).attachTo(request);
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception fault) {
        if (response.getStatus() >= HttpServletResponse.SC_BAD_REQUEST) {
            quotas.refund(request);
        }
    }
}
