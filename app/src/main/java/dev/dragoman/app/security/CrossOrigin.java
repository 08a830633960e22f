package dev.dragoman.app.security;

import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.config.annotation.CorsRegistry;

/** Which pages of other sites may call the server from a browser: those that {@code dragoman.cors.origins} names, and none for administration. */
final class CrossOrigin {
    private static final int SECONDS = 3600;

    private CrossOrigin() {}

    static void configure(CorsRegistry registry, List<String> origins) {
        if (origins.isEmpty()) {
            return;
        }
        registry.addMapping("/admin/**").allowedOrigins();
        // No credentials: keys are sent deliberately, and there are no cookies.
        registry.addMapping("/**")
                .allowedOrigins(origins.toArray(String[]::new))
                .allowedMethods("GET", "POST")
                .allowedHeaders(HttpHeaders.AUTHORIZATION, HttpHeaders.CONTENT_TYPE, HttpHeaders.ACCEPT, "X-API-Key")
                .exposedHeaders(HttpHeaders.RETRY_AFTER, "X-Trace-ID")
                .allowCredentials(false)
                .maxAge(SECONDS);
    }
}
