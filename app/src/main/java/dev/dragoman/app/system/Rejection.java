package dev.dragoman.app.system;

import dev.dragoman.app.errors.Excess;
import dev.dragoman.app.errors.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Objects;
import org.apache.catalina.connector.Request;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.res.StringManager;
import org.jspecify.annotations.Nullable;

/**
 * What was wrong with a request that Tomcat refuses by itself, as far as it tells.
 *
 * <p>Its own texts quote the request, so that they are not passed on but recognised: each has a beginning that no other has.
 *
 * @param detail in our words
 * @param excess the limit that was passed, if it was one
 */
record Rejection(String detail, @Nullable Excess excess) {
    private static final String HEADERS = "headers";

    private static final String LINE = "org.apache.coyote.http11";
    private static final String PARSER = "org.apache.tomcat.util.http.parser";
    private static final String ADDRESS = "org.apache.catalina.connector";
    private static final String COUNTS = "org.apache.tomcat.util.http";

    private static final String TOO_LARGE = beginning(LINE, "iib.requestheadertoolarge.error");
    private static final String TOO_MANY_HEADERS = beginning(COUNTS, "headers.maxCountFail");
    private static final String TOO_MANY_COOKIES = beginning(COUNTS, "cookies.maxCountFail");

    /** @param beginning of Tomcat's text */
    private record Known(String beginning, String detail) {}

    private static final List<Known> KNOWN = List.of(
            new Known(beginning(LINE, "iib.invalidmethod"), "the method has a character that no method may have"),
            new Known(
                    beginning(LINE, "iib.invalidRequestTarget"),
                    "the address in the request line has a character that has to be percent-encoded"),
            new Known(
                    beginning(LINE, "iib.invalidHttpProtocol"),
                    "the request line does not end with a version such as HTTP/1.1"),
            new Known(
                    beginning(PARSER, "httpHeaderParser.invalidHeader"),
                    "a header has no colon, or a character that no header may have"),
            new Known(
                    beginning(PARSER, "httpHeaderParser.invalidCrlfNoCR"),
                    "a line of the headers does not end with CR LF"),
            new Known(
                    beginning(ADDRESS, "coyoteAdapter.invalidURIWithMessage"),
                    "the path has an encoded slash or backslash, or a % without two hexadecimal digits"),
            new Known(
                    beginning(ADDRESS, "coyoteAdapter.invalidURI"),
                    "the path does not begin with a slash, leads out of the root, or has a backslash or a NUL"),
            new Known(beginning(ADDRESS, "coyoteAdapter.connect"), "the method CONNECT is not offered"),
            new Known(beginning(ADDRESS, "coyoteAdapter.trace"), "the method TRACE is not offered"));

    /**
     * Explains a refusal.
     *
     * @param status as Tomcat chose it
     * @param text Tomcat's own, if it gave one
     */
    static Rejection of(Problem problem, int status, @Nullable String text, Request request) {
        Excess excess = text == null ? null : excess(text, request);
        @Nullable String detail;
        if (excess != null) {
            String unit = excess.field().equals(HEADERS) ? "bytes of request line and headers" : excess.field();
            detail = "more than " + excess.limit() + " " + unit;
        } else if (request.getCoyoteRequest().getErrorException() != null) {
            detail = status == HttpServletResponse.SC_REQUEST_TIMEOUT
                    ? "nothing of the body came for " + request.getConnector().getProperty("connectionTimeout")
                            + " milliseconds"
                    : "the body cannot be read to its end";
        } else {
            detail = text == null ? null : known(text);
            detail = detail == null ? untold(status, request) : detail;
        }
        return new Rejection(detail == null ? problem.title() : problem.title() + ": " + detail, excess);
    }

    private static @Nullable Excess excess(String text, Request request) {
        if (!(request.getConnector().getProtocolHandler() instanceof AbstractHttp11Protocol<?> http)) {
            return null;
        }
        if (text.startsWith(TOO_LARGE)) {
            return new Excess(HEADERS, http.getMaxHttpRequestHeaderSize(), null);
        }
        if (text.startsWith(TOO_MANY_HEADERS)) {
            return new Excess("header lines", http.getMaxHeaderCount(), null);
        }
        return text.startsWith(TOO_MANY_COOKIES)
                ? new Excess("cookies", request.getConnector().getMaxCookieCount(), null)
                : null;
    }

    private static @Nullable String known(String text) {
        return KNOWN.stream()
                .filter(known -> text.startsWith(known.beginning))
                .map(Known::detail)
                .findFirst()
                .orElse(null);
    }

    /** Of many refusals Tomcat gives the status alone. */
    private static @Nullable String untold(int status, Request request) {
        return switch (status) {
            case HttpServletResponse.SC_BAD_REQUEST -> headers(request);
            case HttpServletResponse.SC_EXPECTATION_FAILED -> "the Expect header may only say 100-continue";
            case HttpServletResponse.SC_NOT_IMPLEMENTED -> "the Transfer-Encoding header may only say chunked";
            case HttpServletResponse.SC_HTTP_VERSION_NOT_SUPPORTED -> "the version is neither HTTP/1.1 nor HTTP/1.0";
            default -> null;
        };
    }

    /** Of a request that Tomcat did not hand on for the sake of its headers or its address. */
    private static String headers(Request request) {
        MimeHeaders headers = request.getCoyoteRequest().getMimeHeaders();
        int hosts = count(headers, "host");
        if (hosts != 1) {
            return "there has to be one Host header, but there are " + hosts;
        }
        int lengths = count(headers, "content-length");
        if (lengths > 1) {
            return "there may be one Content-Length header, but there are " + lengths;
        }
        if (lengths == 1 && !isLength(headers.getValue("content-length"))) {
            return "the Content-Length header is not a number of bytes";
        }
        if (count(headers, "transfer-encoding") > 0) {
            return "the Transfer-Encoding header cannot be read";
        }
        return "the address in the request line or the Host header is malformed, or they differ";
    }

    private static int count(MimeHeaders headers, String name) {
        int count = 0;
        for (int i = 0; i < headers.size(); i++) {
            count += headers.getName(i).equalsIgnoreCase(name) ? 1 : 0;
        }
        return count;
    }

    private static boolean isLength(MessageBytes value) {
        try {
            return Long.parseLong(value.toString().strip()) >= 0;
        } catch (NumberFormatException none) {
            return false;
        }
    }

    /** Of a text of Tomcat's, up to what it quotes. */
    private static String beginning(String bundle, String key) {
        String mark = "\0";
        String text = Objects.requireNonNull(StringManager.getManager(bundle).getString(key, mark));
        int end = text.indexOf(mark);
        return end < 0 ? text : text.substring(0, end);
    }
}
