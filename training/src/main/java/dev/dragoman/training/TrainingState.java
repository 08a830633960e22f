package dev.dragoman.training;

import dev.dragoman.training.data.BatchPosition;

/**
 * Where a run stands, beside weights and optimiser.
 *
 * @param update updates done
 * @param position the next batch
 * @param seconds time spent training, over all its resumptions
 * @param bestScore highest score of the validations so far, see {@link Objective#score}; negative before the first
 */
public record TrainingState(int update, BatchPosition position, double seconds, double bestScore) {
    static final TrainingState START = new TrainingState(0, BatchPosition.START, 0, -1);
}
