package dev.dragoman.training.cli;

import java.util.List;

/** Prints what an evaluation found. */
interface EvaluationReport {
    /** Prints a system by itself. */
    void single(EvaluatedSystem system);

    /** Prints systems of the same references side by side. */
    void compared(List<EvaluatedSystem> systems);

    /** Ends the report; nothing comes behind. */
    void end();
}
