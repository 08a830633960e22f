package dev.dragoman.app.libretranslate;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.mvc.condition.RequestCondition;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Puts the {@link StreamCondition} before the controller of streams; all others are mapped as their annotations say. */
final class StreamMapping extends RequestMappingHandlerMapping {
    @Override
    protected @Nullable RequestCondition<?> getCustomMethodCondition(Method method) {
        return method.getDeclaringClass() == StreamController.class ? new StreamCondition() : null;
    }
}
