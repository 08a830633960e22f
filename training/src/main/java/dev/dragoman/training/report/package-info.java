/**
 * What a training run tells about itself.
 *
 * <p>A {@link dev.dragoman.training.report.TrainingReporter} listens to the trainer. It hands
 * {@link dev.dragoman.training.report.UpdateMetrics} and, at each validation, {@link dev.dragoman.training.report.DevMetrics} to the
 * {@link dev.dragoman.training.report.MetricsLog}, which keeps them in a CSV file and gives them back as
 * {@link dev.dragoman.training.report.MetricsHistory}; {@link dev.dragoman.training.report.CurvesImage} draws that as a PNG, and
 * {@link dev.dragoman.training.report.TrainingProgress} shows the same to the person who waits.
 *
 * <p>Losses are natural logarithms per target token; times are seconds since the run began, pauses between a stop and its
 * resumption left out. A value that was not measured is {@link Double#NaN} here and an empty cell in the file.
 */
@NullMarked
package dev.dragoman.training.report;

import org.jspecify.annotations.NullMarked;
