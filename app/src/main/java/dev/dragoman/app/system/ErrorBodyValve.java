package dev.dragoman.app.system;

import dev.dragoman.app.errors.Problem;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers with an {@link ErrorBody} what Tomcat refuses before Spring sees it: requests that are no HTTP, headers that are too long,
 * methods that it switches off. Tomcat creates it by its class name.
 */
public final class ErrorBodyValve extends ErrorReportValve {
    private static final Logger log = LoggerFactory.getLogger(ErrorBodyValve.class);

    private static final JsonMapper JSON = new JsonMapper();

    /** Tomcat answers an unknown version of HTTP and an unknown transfer encoding with a status that asks clients to try again. */
    private static int callersFault(int status) {
        return status == HttpServletResponse.SC_HTTP_VERSION_NOT_SUPPORTED
                        || status == HttpServletResponse.SC_NOT_IMPLEMENTED
                ? HttpServletResponse.SC_BAD_REQUEST
                : status;
    }

    /** What trickled in too slowly is not read on after the refusal, which would keep the thread for as long as the client likes. */
    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        super.invoke(request, response);
        if (response.getStatus() == HttpServletResponse.SC_REQUEST_TIMEOUT) {
            request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
        }
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable fault) {
        int refused = response.getStatus();
        int status = callersFault(refused);
        // Written by Spring, not an error, or reported already: as the valve that this one replaces.
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        response.setStatus(status);
        Problem problem = Problem.ofStatus(status);
        Rejection rejection =
                Rejection.of(problem, refused, fault == null ? response.getMessage() : fault.getMessage(), request);
        byte[] body = JSON.writeValueAsString(ErrorBody.of(problem, status, rejection.detail(), rejection.excess()))
                .getBytes(StandardCharsets.UTF_8);
        try {
            response.setContentType("application/json");
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
            response.finishResponse();
        } catch (IOException | IllegalStateException gone) {
            log.debug("An error could not be reported", gone);
        }
    }
}
