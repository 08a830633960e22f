package dev.dragoman.app.system;

import dev.dragoman.app.errors.ServiceException;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.DefaultCorsProcessor;
import tools.jackson.databind.json.JsonMapper;

/** Refuses pages of other sites with an {@link ErrorBody}, where Spring MVC itself answers with a line of text. */
final class CrossOriginRefusal extends DefaultCorsProcessor {
    private static final ServiceException REASON = new ServiceException.Forbidden(
            "Forbidden: dragoman.cors.origins does not let this page call with this method and these headers");

    private final JsonMapper json;

    CrossOriginRefusal(JsonMapper json) {
        this.json = json;
    }

    @Override
    protected void rejectRequest(ServerHttpResponse response) throws IOException {
        ErrorBody body = ErrorBody.of(REASON);
        byte[] bytes = json.writeValueAsBytes(body);
        response.setStatusCode(HttpStatus.FORBIDDEN);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders().setContentLength(bytes.length);
        response.getBody().write(bytes);
        response.flush();
    }
}
