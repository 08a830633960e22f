package dev.dragoman.training;

import dev.dragoman.training.data.BatchPosition;
import java.util.Objects;

/**
 * Where a run stands, beside weights and optimiser.
 *
 * @param update updates done
 * @param position the next batch
 * @param seconds time spent training, over all its resumptions
 * @param bestScore highest score of the validations so far, see {@link Objective#score}; negative before the first
 * @param lastValidation the update after which the run was last validated; 0 before the first
 * @param validationsSinceBest validations after the one of the best score
 * @param gradients what is ordinary of their norms
 */
public record TrainingState(
        int update,
        BatchPosition position,
        double seconds,
        double bestScore,
        int lastValidation,
        int validationsSinceBest,
        GradientHistory gradients) {
    static final TrainingState START = new TrainingState(0, BatchPosition.START, 0, -1, 0, 0, GradientHistory.NONE);

    public TrainingState {
        // Checkpoints of before it was kept have none.
        gradients = Objects.requireNonNullElse(gradients, GradientHistory.NONE);
    }

    /** Pass over the corpus, from 0, of the batch taken last. */
    public int epoch() {
        return position.batch() == 0 ? Math.max(0, position.epoch() - 1) : position.epoch();
    }

    /** After one more update. */
    TrainingState updated(BatchPosition next, double updateSeconds, GradientHistory newGradients) {
        return new TrainingState(
                update + 1,
                next,
                seconds + updateSeconds,
                bestScore,
                lastValidation,
                validationsSinceBest,
                newGradients);
    }

    /** Whether the run is to be validated before it goes on. */
    boolean validationDue(Recipe.Training training) {
        boolean due = update % training.validateEvery() == 0 || update == training.updates();
        return due && update > lastValidation;
    }

    /** After a validation of this score. */
    TrainingState validated(double score) {
        boolean better = score > bestScore;
        return new TrainingState(
                update,
                position,
                seconds,
                better ? score : bestScore,
                update,
                better ? 0 : validationsSinceBest + 1,
                gradients);
    }

    /** After a validation without a score, there being no text for one. */
    TrainingState passedValidation() {
        return new TrainingState(update, position, seconds, bestScore, update, validationsSinceBest, gradients);
    }
}
