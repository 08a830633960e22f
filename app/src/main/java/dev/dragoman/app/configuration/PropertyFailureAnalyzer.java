package dev.dragoman.app.configuration;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;
import org.springframework.util.unit.DataSize;

/**
 * Says in one sentence which property is wrong, what it is and what it may be, in place of a stack trace. Named in
 * {@code META-INF/spring.factories}; before Boot's own, which tell of classes.
 */
@Order(0)
public final class PropertyFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {
    private static final String ACTION = "Properties are arguments (--dragoman.cache.size=256MB), variables"
            + " (DRAGOMAN_CACHE_SIZE) or lines of an application.yaml; docs/http-api.md lists them.";

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        String description = description(cause);
        return description == null ? null : new FailureAnalysis(description, ACTION, cause);
    }

    private @Nullable String description(BindException cause) {
        UnboundConfigurationPropertiesException unbound =
                findCause(cause, UnboundConfigurationPropertiesException.class);
        if (unbound != null) {
            return "There is no property "
                    + unbound.getUnboundProperties().stream()
                            .map(property -> property.getName().toString())
                            .sorted()
                            .collect(Collectors.joining(", nor "));
        }
        IllegalArgumentException refused = findCause(cause, IllegalArgumentException.class);
        String message = refused == null ? null : refused.getMessage();
        if (message != null && message.startsWith("dragoman.")) {
            return message;
        }
        ConfigurationProperty property = cause.getProperty();
        String type = type(cause.getTarget().getType().resolve(Object.class));
        return property == null || type == null
                ? null
                : property.getName() + " must be " + type + ", but is " + property.getValue();
    }

    private static @Nullable String type(Class<?> type) {
        if (type == int.class) {
            return "a whole number of at most " + Integer.MAX_VALUE;
        }
        if (type == double.class) {
            return "a number";
        }
        if (type == boolean.class) {
            return "true or false";
        }
        if (type == Duration.class) {
            return "a time such as 250ms, 30s or 2m";
        }
        if (type == DataSize.class) {
            return "a size such as 512KB or 64MB";
        }
        return type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(" or "))
                : null;
    }
}
