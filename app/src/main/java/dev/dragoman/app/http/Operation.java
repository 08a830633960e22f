package dev.dragoman.app.http;

import dev.dragoman.app.errors.Problem;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What the OpenAPI description says of a controller's method beyond what its mapping, its types and {@link Access} tell. Every controller's
 * method has one; a test sees to it, and sends the examples to a server.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Operation {
    /** One line, without a full stop. */
    String summary();

    /** What one line does not hold. */
    String description() default "";

    /** A record whose components are the fields of the request, for readers that find them by {@link ParameterReader}. */
    Class<?> fields() default void.class;

    /** Whether the request has to be multipart, with a {@code file} beside the fields. */
    boolean file() default false;

    /** A request that is accepted, as a JSON object of its fields. */
    String example() default "";

    /** An answer to that request, as JSON. */
    String answer() default "";

    /** Status of a good answer. */
    int status() default 200;

    /** What may go wrong, beside keys, unreadable requests and faults of the server. */
    Problem[] errors() default {};
}
