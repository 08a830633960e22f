/**
 * Event files as TensorBoard reads them.
 *
 * <p>{@link dev.dragoman.training.report.tensorboard.EventFile} frames records and names the file;
 * {@link dev.dragoman.training.report.tensorboard.EventMessage} makes the few protocol buffers that they hold, of fields that
 * {@link dev.dragoman.training.report.tensorboard.ProtobufMessage} encodes. Which metrics become which tags is not known here.
 *
 * <p>Formats: TensorFlow's {@code tfrecord} framing, and the messages {@code Event}, {@code Summary}, {@code SummaryMetadata},
 * {@code TensorProto} and {@code SessionLog} of TensorBoard's {@code compat/proto}.
 */
@NullMarked
package dev.dragoman.training.report.tensorboard;

import org.jspecify.annotations.NullMarked;
