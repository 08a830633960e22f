package dev.dragoman.training.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Whether a run goes on. */
public enum RunState {
    /** A process trains. */
    @JsonProperty("running")
    RUNNING,
    /** Ended before its last update: by a person, a failure or a kill; it can be resumed. */
    @JsonProperty("stopped")
    STOPPED,
    /** Has done its last update. */
    @JsonProperty("complete")
    COMPLETE;

    /** In lower case, as people and programs are told. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
