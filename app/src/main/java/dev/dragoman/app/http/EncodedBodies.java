package dev.dragoman.app.http;

import dev.dragoman.app.errors.ServiceException.UnsupportedEncoding;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses compressed bodies before anybody takes one for broken JSON, or for a form without fields. */
final class EncodedBodies implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String encoding = String.join(", ", Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING)));
        if (!encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity") && hasBody(request)) {
            throw new UnsupportedEncoding(encoding.strip());
        }
        return true;
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }
}
