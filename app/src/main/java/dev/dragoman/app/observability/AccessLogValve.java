package dev.dragoman.app.observability;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.catalina.AccessLog;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;

/**
 * Logs one line for each request when its answer is complete: method, path, status, bytes, milliseconds and an id, under the logger
 * {@code dragoman.access}.
 *
 * <p>No text of users gets there: queries and bodies are not looked at, and of a path that the server does not know, which may be anything,
 * only {@code -} is written. The id is that of the caller's {@value #ID_HEADER} if it looks like one, otherwise a new one; the answer has it
 * too.
 */
final class AccessLogValve extends ValveBase implements AccessLog {
    static final String ID_HEADER = "X-Request-ID";

    private static final Logger log = LoggerFactory.getLogger("dragoman.access");
    private static final String ID = AccessLogValve.class.getName() + ".id";
    private static final Pattern ID_FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern METHOD_FORM = Pattern.compile("[A-Z]{1,20}");

    AccessLogValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        String given = request.getHeader(ID_HEADER);
        String id = given != null && ID_FORM.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
        request.setAttribute(ID, id);
        response.setHeader(ID_HEADER, id);
        getNext().invoke(request, response);
    }

    /** Called by Tomcat when all of the answer has been written, also for what it refuses before anybody else sees it. */
    @Override
    public void log(Request request, Response response, long nanos) {
        int status = response.getStatus();
        log.info(
                "method={} path={} status={} bytes={} milliseconds={} id={}",
                matchedOrDash(METHOD_FORM, request.getMethod()),
                isUnknown(status) ? "-" : path(request),
                status,
                response.getContentWritten(),
                String.format(Locale.ROOT, "%.1f", nanos / 1e6),
                request.getAttribute(ID) instanceof String id ? id : "-");
    }

    private static boolean isUnknown(int status) {
        return status == HttpStatus.NOT_FOUND.value() || status == HttpStatus.BAD_REQUEST.value();
    }

    /** Without query and without parameters of the path. */
    private static String path(Request request) {
        String uri = request.getRequestURI();
        return uri == null ? "-" : uri.replaceFirst(";.*", "");
    }

    private static String matchedOrDash(Pattern form, String text) {
        return text != null && form.matcher(text).matches() ? text : "-";
    }

    @Override
    public void setRequestAttributesEnabled(boolean enabled) {
        // Addresses of proxies and their clients are not logged, so there is nothing to take from attributes.
    }

    @Override
    public boolean getRequestAttributesEnabled() {
        return false;
    }
}
