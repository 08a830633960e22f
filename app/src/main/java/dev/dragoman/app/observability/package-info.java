/**
 * What an operator sees of the server while it runs: memory outside the heap, health, the log of requests, and traces.
 *
 * <p>Meters are made where the thing measured is; here are those of the process, {@link dev.dragoman.app.observability.ProcessMemory}.
 * {@link dev.dragoman.app.observability.ModelsHealthIndicator} and {@link dev.dragoman.app.observability.ModelsStartedHealthIndicator} are what the groups of
 * {@code application.yaml} ask. {@link dev.dragoman.app.observability.AccessLogValve} and
 * {@link dev.dragoman.app.observability.TracingConfiguration} are absent unless a property wants them.
 *
 * <p>Nothing here carries text of users, their addresses or keys. All metrics are listed in {@code docs/metrics.md}.
 */
@NullMarked
package dev.dragoman.app.observability;

import org.jspecify.annotations.NullMarked;
