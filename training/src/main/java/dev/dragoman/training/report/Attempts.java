package dev.dragoman.training.report;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Does what a run can do without: a failure is told once, and the run goes on. */
final class Attempts {
    private final Consumer<String> teller;
    private final Set<String> told = new HashSet<>();

    /** Tells failures to {@code teller}, a line each. */
    Attempts(Consumer<String> teller) {
        this.teller = teller;
    }

    /** What may fail. */
    interface Attempt {
        void run() throws IOException;
    }

    /**
     * Does it.
     *
     * @param what names it in the message
     * @return whether it went well
     */
    boolean attempt(Object what, Attempt attempt) {
        try {
            attempt.run();
            return true;
        } catch (IOException | RuntimeException e) {
            if (told.add(what.toString())) {
                teller.accept(what + " is not written, and the run goes on without it: "
                        + (e.getMessage() == null ? e.toString() : e.getMessage()));
            }
            return false;
        }
    }
}
