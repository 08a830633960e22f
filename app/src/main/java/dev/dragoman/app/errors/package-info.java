/**
 * What can go wrong with a request, as one sealed family.
 *
 * <p>{@link dev.dragoman.app.errors.ServiceException} is thrown by every feature; each of its cases carries a
 * {@link dev.dragoman.app.errors.Problem}, which fixes status, title and the stable type of the answer. The one place that turns
 * them into HTTP is {@code dev.dragoman.app.system}; nothing here knows about the web.
 *
 * <p>Messages are shown to callers: they name fields, limits and values, and never repeat the text that was sent.
 */
@NullMarked
package dev.dragoman.app.errors;

import org.jspecify.annotations.NullMarked;
