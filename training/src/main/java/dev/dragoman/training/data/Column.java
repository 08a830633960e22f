package dev.dragoman.training.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** A column of a corpus of pairs that is text by itself. */
public enum Column {
    @JsonProperty("source")
    SOURCE,
    @JsonProperty("target")
    TARGET;

    /** The text of the column. */
    public String of(SentencePair pair) {
        return this == SOURCE ? pair.source() : pair.target();
    }

    /** As recipes write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
