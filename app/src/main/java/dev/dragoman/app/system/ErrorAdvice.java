package dev.dragoman.app.system;

import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.http.FormLimits;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import tools.jackson.databind.json.JsonMapper;

/** Answers every failure inside Spring MVC with an {@link ErrorBody}. Nothing of what a caller sent, and no stack trace, is in it. */
@RestControllerAdvice
class ErrorAdvice extends ResponseEntityExceptionHandler {
    /** Its own name: the superclass has a logger for other purposes. */
    private static final Logger log = LoggerFactory.getLogger(ErrorAdvice.class);

    /** What a caller is asked to wait while models are being opened or the server is being replaced. */
    private static final Duration UNAVAILABLE_RETRY = Duration.ofSeconds(5);

    private final JsonMapper json;
    private final FormLimits limits;

    ErrorAdvice(JsonMapper json, FormLimits limits) {
        this.json = json;
        this.limits = limits;
    }

    @ExceptionHandler
    ResponseEntity<Object> expected(ServiceException fault) {
        HttpHeaders headers = new HttpHeaders();
        if (fault instanceof ServiceException.Overloaded overloaded) {
            retryAfter(headers, overloaded.retryAfter());
        } else if (fault instanceof ServiceException.Unavailable) {
            retryAfter(headers, UNAVAILABLE_RETRY);
        } else if (fault instanceof ServiceException.UnsupportedEncoding) {
            headers.set(HttpHeaders.ACCEPT_ENCODING, "identity");
        } else if (fault instanceof ServiceException.Refused refused) {
            if (!refused.retryAfter().isZero()) {
                retryAfter(headers, refused.retryAfter());
            }
            if (fault.status() == HttpStatus.UNAUTHORIZED.value()) {
                headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            }
        }
        return answer(ErrorBody.of(fault), headers);
    }

    private static void retryAfter(HttpHeaders headers, Duration delay) {
        headers.set(HttpHeaders.RETRY_AFTER, Long.toString(delay.toSeconds()));
    }

    /** A multipart body that ends early, has too many parts, or no boundary: Spring has no status for it. */
    @ExceptionHandler
    ResponseEntity<Object> malformed(MultipartException fault, HttpServletRequest request) {
        return answer(ErrorBody.of(limits.refusal(fault, request)), new HttpHeaders());
    }

    @Override
    protected ResponseEntity<Object> handleMaxUploadSizeExceededException(
            MaxUploadSizeExceededException fault, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return malformed(fault, ((ServletWebRequest) request).getRequest());
    }

    /** A query or form that Tomcat cannot decode, asked for by whoever asked first. */
    @ExceptionHandler
    ResponseEntity<Object> malformed(InvalidParameterException fault, HttpServletRequest request) {
        return answer(ErrorBody.of(limits.refusal(fault, request)), new HttpHeaders());
    }

    /** A pattern for types where a type should be: Spring fails on it wherever it copies the headers of a request. */
    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> illegal(IllegalArgumentException fault, HttpServletRequest request) {
        String type = request.getContentType();
        if (type == null || type.indexOf('*') < 0) {
            return unexpected(fault);
        }
        return answer(
                ErrorBody.of(new ServiceException.UnsupportedMediaType(
                        "Unsupported media type: the Content-Type header cannot be read")),
                new HttpHeaders());
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> unexpected(Exception fault) {
        if (DisconnectedClientHelper.isClientDisconnectedException(fault)) {
            // Nobody is left to be answered.
            return null;
        }
        report(fault);
        return answer(
                ErrorBody.of(
                        Problem.INTERNAL, Problem.INTERNAL.status(), "Internal error: the server's log has the cause"),
                new HttpHeaders());
    }

    /** What Spring MVC itself refuses: its own details are replaced, since they repeat paths and values of the request. */
    @Override
    protected ResponseEntity<Object> handleExceptionInternal(
            Exception fault, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Problem problem = Problem.ofStatus(status.value());
        if (problem == Problem.INTERNAL) {
            report(fault);
        }
        return answer(ErrorBody.of(problem, status.value(), detail(fault, problem)), headers);
    }

    /** Messages of exceptions may quote what a user wrote, so that they are for debugging alone. */
    private static void report(Exception fault) {
        log.error("A request failed unexpectedly", new WithoutMessage(fault));
        log.debug("With its messages", fault);
    }

    private String detail(Exception fault, Problem problem) {
        if (fault instanceof HttpRequestMethodNotSupportedException method) {
            Set<HttpMethod> supported = method.getSupportedHttpMethods();
            return problem.title() + ": use "
                    + (supported == null
                            ? "another"
                            : supported.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", ")));
        }
        return problem == Problem.NOT_FOUND ? "Not found: the server has no such path" : problem.title();
    }

    /** As bytes, which suit whatever the caller accepts: after a body that breaks off Tomcat takes no header any more that would overrule it. */
    private ResponseEntity<Object> answer(ErrorBody body, HttpHeaders headers) {
        return ResponseEntity.status(body.status())
                .headers(headers)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json.writeValueAsBytes(body));
    }
}
