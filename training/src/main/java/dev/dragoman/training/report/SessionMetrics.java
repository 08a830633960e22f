package dev.dragoman.training.report;

/**
 * A run begins, or goes on after a pause: the first row of a log, and the first after each resumption.
 *
 * @param update number of updates done before
 * @param updates at which the run ends
 * @param name of the run
 * @param time when, in the form of ISO 8601, as {@code 2026-03-01T12:00:00Z}
 */
public record SessionMetrics(long update, long updates, String name, String time) implements MetricsRow {}
