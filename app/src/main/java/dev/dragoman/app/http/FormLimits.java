package dev.dragoman.app.http;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.errors.ServiceException.RequestTooLarge;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.apache.tomcat.util.http.Parameters;
import org.apache.tomcat.util.http.fileupload.impl.FileCountLimitExceededException;
import org.apache.tomcat.util.http.fileupload.impl.SizeException;
import org.apache.tomcat.util.res.StringManager;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;

/**
 * What Tomcat reads of a query, a form and a multipart body at most, and which of these limits it means when it refuses one.
 *
 * @param bytes of a body
 * @param fields of query, form and multipart body together
 * @param parts of a multipart body
 */
public record FormLimits(long bytes, int fields, int parts) {
    private static final StringManager TEXTS = StringManager.getManager(Parameters.class);

    /**
     * What a request is told whose fields Tomcat does not give out.
     *
     * @param fault as Tomcat threw it, or Spring around it
     */
    public ServiceException refusal(Exception fault, HttpServletRequest request) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            ServiceException refusal = limitOf(cause, request);
            if (refusal != null) {
                return refusal;
            }
        }
        if (fault instanceof MaxUploadSizeExceededException) {
            return tooLarge(request);
        }
        return new InvalidRequest("Invalid request: the "
                + (fault instanceof MultipartException ? "multipart body" : "parameters") + " cannot be read");
    }

    private @Nullable ServiceException limitOf(Throwable cause, HttpServletRequest request) {
        if (cause instanceof ServiceException late) {
            // Of a body that comes too slowly, with Spring's exception around it.
            return late;
        }
        if (cause instanceof FileCountLimitExceededException tooMany) {
            // Fewer than the limit are left where the query has had some of the fields.
            return tooMany.getLimit() < parts
                    ? tooManyFields()
                    : RequestTooLarge.moreThan("parts", parts, "parts in the multipart body");
        }
        if (cause instanceof SizeException tooLong) {
            return tooLong.getPermittedSize() < bytes
                    ? RequestTooLarge.moreThan(
                            "part headers", tooLong.getPermittedSize(), "bytes in the headers of one part")
                    : tooLarge(request);
        }
        if (cause instanceof InvalidParameterException refused) {
            // Its text is the only mark that this refusal bears.
            if (TEXTS.getString("parameters.maxCountFail", fields).equals(refused.getMessage())) {
                return tooManyFields();
            }
            return refused.getCause() == null && refused.getErrorCode() == HttpStatus.CONTENT_TOO_LARGE.value()
                    ? tooLarge(request)
                    : null;
        }
        return null;
    }

    private RequestTooLarge tooManyFields() {
        return RequestTooLarge.moreThan("fields", fields, "fields in query and body");
    }

    private RequestTooLarge tooLarge(HttpServletRequest request) {
        return RequestTooLarge.body(bytes, request.getContentLengthLong());
    }
}
