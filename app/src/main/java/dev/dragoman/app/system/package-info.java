/**
 * What belongs to the server and to no feature: error answers, limits of the web server, health, the log line of a finished start.
 *
 * <p>{@link dev.dragoman.app.system.ErrorAdvice} turns every failure inside Spring MVC into an
 * {@link dev.dragoman.app.system.ErrorBody}; {@link dev.dragoman.app.system.ErrorBodyValve} does the same for requests that Tomcat
 * refuses before Spring sees them. So every error of this server has one shape, and it is JSON whatever the caller accepts.
 */
@NullMarked
package dev.dragoman.app.system;

import org.jspecify.annotations.NullMarked;
