package dev.dragoman.app.system;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException;
import org.jspecify.annotations.Nullable;

/**
 * The one error body: problem details (RFC 9457), and the same text again where clients of other servers look for it.
 *
 * @param type stable URI of the kind of problem
 * @param title the kind of problem in words
 * @param status the HTTP status
 * @param detail what is wrong with this request
 * @param message the detail, for clients of DeepL and for Weblate
 * @param error the detail, for clients of LibreTranslate and of the Open Inference Protocol
 * @param field what was too long, absent otherwise
 * @param limit how long it may be
 * @param value how long it was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ErrorBody(
        String type,
        String title,
        int status,
        String detail,
        String message,
        String error,
        @Nullable String field,
        @Nullable Long limit,
        @Nullable Long value) {

    /** @param status may differ from the problem's own, when a library chose it */
    static ErrorBody of(Problem problem, int status, String detail) {
        return new ErrorBody(problem.type(), problem.title(), status, detail, detail, detail, null, null, null);
    }

    static ErrorBody of(ServiceException fault) {
        Problem problem = fault.problem();
        String detail = fault.getMessage();
        if (fault instanceof ServiceException.LimitExceeded exceeded) {
            return new ErrorBody(
                    problem.type(),
                    problem.title(),
                    problem.status(),
                    detail,
                    detail,
                    detail,
                    exceeded.field(),
                    exceeded.limit(),
                    exceeded.value());
        }
        return of(problem, fault.status(), detail);
    }
}
