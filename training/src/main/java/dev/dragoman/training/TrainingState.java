package dev.dragoman.training;

import dev.dragoman.training.data.BatchPosition;

/**
 * Where a run stands, beside weights and optimiser.
 *
 * @param update updates done
 * @param position the next batch
 * @param seconds time spent training, over all its resumptions
 * @param bestBleu highest mean BLEU of the validations so far, negative before the first
 */
public record TrainingState(int update, BatchPosition position, double seconds, double bestBleu) {
    static final TrainingState START = new TrainingState(0, BatchPosition.START, 0, -1);
}
