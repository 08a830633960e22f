package dev.dragoman.app.http;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the OpenAPI description says of a component of a record, in a request or an answer. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD})
public @interface Field {
    /** What it means. */
    String value();

    /** Whether one string will do for a list of them. */
    boolean orSingle() default false;

    /** The only values, if they are a closed set. */
    String[] values() default {};

    /** A value, as JSON, that goes with the example of the operation; empty for none. */
    String example() default "";
}
