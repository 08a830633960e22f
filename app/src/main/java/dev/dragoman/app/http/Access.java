package dev.dragoman.app.http;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a caller of a controller's method needs once the server asks for keys. Without it: a key of {@link Scope#TRANSLATE}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Access {
    /** The scope; not looked at for what is {@link #open}. */
    Scope value() default Scope.TRANSLATE;

    /** Whether no key is needed. */
    boolean open() default false;

    /**
     * Whether no key is needed as long as there is none at all and the caller is on the server's machine: for administration that an
     * operator without keys has to reach.
     */
    boolean freeHere() default false;
}
