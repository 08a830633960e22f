/**
 * The description of the HTTP API in OpenAPI 3.1, and a page to try it that needs nothing from elsewhere.
 *
 * <p>{@link dev.dragoman.app.openapi.OpenApi} makes it of the controllers themselves, when it is first asked for: the start takes no
 * longer, and no library is needed. What their code does not tell is in {@link dev.dragoman.app.http.Operation} and
 * {@link dev.dragoman.app.http.Field}.
 */
@NullMarked
package dev.dragoman.app.openapi;

import org.jspecify.annotations.NullMarked;
