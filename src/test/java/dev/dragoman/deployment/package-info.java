/**
 * {@code docker/} and {@code k8s/}: that every file says what it means to say, in the words of Kubernetes, and the same as the server.
 *
 * <p>A misspelt key is no error to Kubernetes' own tools, and a port that has changed is none before a probe fails. Here both are.
 */
@NullMarked
package dev.dragoman.deployment;

import org.jspecify.annotations.NullMarked;
