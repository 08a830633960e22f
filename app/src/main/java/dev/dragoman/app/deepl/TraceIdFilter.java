package dev.dragoman.app.deepl;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives every answer below {@code /v2} and {@code /v3} an id, refusals included: client libraries log it. */
final class TraceIdFilter extends OncePerRequestFilter {
    static final String HEADER = "X-Trace-ID";

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return !path.startsWith("/v2/") && !path.startsWith("/v3/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader(HEADER, UUID.randomUUID().toString().replace("-", ""));
        chain.doFilter(request, response);
    }
}
