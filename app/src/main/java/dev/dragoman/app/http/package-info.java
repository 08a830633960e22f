/**
 * Reading requests as the clients of several protocols send them: {@link dev.dragoman.app.http.ParameterReader} finds the fields of a
 * request in JSON, form, multipart or query and hands them out as {@link dev.dragoman.app.http.Parameters}.
 *
 * <p>{@link dev.dragoman.app.http.RequestOrigins} tells whose a request is, how urgent and for how long, and notices by a
 * {@link dev.dragoman.app.http.ConnectionWatch} when its client hangs up.
 *
 * <p>What the fields mean belongs to the protocols, {@code dev.dragoman.app.libretranslate} and {@code dev.dragoman.app.deepl}.
 */
@NullMarked
package dev.dragoman.app.http;

import org.jspecify.annotations.NullMarked;
