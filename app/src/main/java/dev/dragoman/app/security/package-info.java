/**
 * Who may ask what: keys, their scopes, rates and quotas, and where the server listens without them.
 *
 * <p>{@link dev.dragoman.app.security.AccessInterceptor} stands before every controller and looks at what its method is marked with,
 * {@link dev.dragoman.app.http.Access}; {@link dev.dragoman.app.security.Credentials} finds the key,
 * {@link dev.dragoman.app.security.Keys} knows it, {@link dev.dragoman.app.security.Protocol} says no in the words of the protocol, and
 * {@link dev.dragoman.app.security.Client} is what everybody behind sees. Keys are kept by
 * {@link dev.dragoman.app.security.Database}, and managed by {@link dev.dragoman.app.security.KeysCommand} and on the management port.
 */
@NullMarked
package dev.dragoman.app.security;

import org.jspecify.annotations.NullMarked;
