package dev.dragoman.app.system;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.dragoman.app.errors.Excess;
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
 * @param field what was too long or too many, absent otherwise
 * @param limit how long it may be, or how many
 * @param value how long it was, absent where it was not read to its end
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
        return of(problem, status, detail, null);
    }

    /** @param excess the limit that was passed, if it is one */
    static ErrorBody of(Problem problem, int status, String detail, @Nullable Excess excess) {
        return new ErrorBody(
                problem.type(),
                problem.title(),
                status,
                detail,
                detail,
                detail,
                excess == null ? null : excess.field(),
                excess == null ? null : excess.limit(),
                excess == null ? null : excess.value());
    }

    static ErrorBody of(ServiceException fault) {
        return of(fault.problem(), fault.status(), fault.getMessage(), fault.excess());
    }
}
