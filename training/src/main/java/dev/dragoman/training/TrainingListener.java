package dev.dragoman.training;

import java.nio.file.Path;

/** Sees a run as it goes. Called on the trainer's thread. */
public interface TrainingListener {
    /** After every update. */
    default void updated(UpdateReport report) {}

    /** After every validation. */
    default void validated(ValidationReport report) {}

    /** After a checkpoint is on disk. */
    default void saved(Path checkpoint) {}
}
