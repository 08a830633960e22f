package dev.dragoman.app.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends an {@link Answer}. One that is there already, such as a refusal or what the cache has, goes out at once: Spring MVC's own way with
 * futures takes every answer through all filters a second time, on another thread, which costs more than the rest of such a request.
 */
final class AnswerHandler implements HandlerMethodReturnValueHandler {
    private final JsonMapper json;

    AnswerHandler(JsonMapper json) {
        this.json = json;
    }

    @Override
    public boolean supportsReturnType(MethodParameter type) {
        return Answer.class.isAssignableFrom(type.getParameterType());
    }

    @Override
    public void handleReturnValue(
            @Nullable Object value, MethodParameter type, ModelAndViewContainer container, NativeWebRequest request)
            throws Exception {
        Answer<?> answer = (Answer<?>) Objects.requireNonNull(value);
        if (answer.body().isDone()) {
            container.setRequestHandled(true);
            write(body(answer.body()), Objects.requireNonNull(request.getNativeResponse(HttpServletResponse.class)));
            return;
        }
        DeferredResult<Answer<?>> later = new DeferredResult<>();
        answer.body().whenComplete((body, fault) -> later.setResult(answer));
        // With its result this handler is called again.
        WebAsyncUtils.getAsyncManager(request).startDeferredResultProcessing(later, container);
    }

    /** Its fault is what a controller would have thrown. */
    private static Object body(CompletableFuture<?> done) throws Exception {
        try {
            return done.join();
        } catch (CompletionException fault) {
            throw fault.getCause() instanceof Exception cause ? cause : fault;
        }
    }

    /** In one piece, so that its length goes with it and nothing has to follow. */
    private void write(Object body, HttpServletResponse response) throws IOException {
        byte[] bytes = json.writeValueAsBytes(body);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
