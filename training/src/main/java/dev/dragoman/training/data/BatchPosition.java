package dev.dragoman.training.data;

/**
 * A place in the endless sequence of batches; all that a checkpoint needs to keep of the data.
 *
 * @param epoch counted from 0
 * @param batch counted from 0 within the epoch
 */
public record BatchPosition(int epoch, int batch) {
    public static final BatchPosition START = new BatchPosition(0, 0);

    public BatchPosition {
        if (epoch < 0 || batch < 0) {
            throw new IllegalArgumentException("a position must not be negative, but is " + epoch + ", " + batch);
        }
    }
}
