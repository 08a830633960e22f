package dev.dragoman.training;

import java.nio.file.Path;

/** Sees a run as it goes. Called on the trainer's thread. */
public interface TrainingListener {
    /**
     * Before the first update or validation of a run, and of a run that is resumed.
     *
     * @param state where it begins
     * @param updates length of the run
     * @param parameters how many numbers the network has
     */
    default void begun(TrainingState state, int updates, long parameters) {}

    /** After every update. */
    default void updated(UpdateReport report) {}

    /** After every validation. */
    default void validated(ValidationReport report) {}

    /** After a checkpoint is on disk. */
    default void saved(Path checkpoint) {}
}
