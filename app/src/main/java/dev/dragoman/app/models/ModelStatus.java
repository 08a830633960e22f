package dev.dragoman.app.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.dragoman.inference.LanguagePair;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an operator is told about a model.
 *
 * @param name the name of its directory
 * @param state what is done with it
 * @param version digest of the files as they were when it was opened; null for one that is not open
 * @param pairs the directions that it serves, by their codes; null for one that is not open
 * @param directory where it lies; null where that is not known any more
 * @param failure why it could not be loaded when that was last tried; null if it could or was not tried
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelStatus(
        String name,
        State state,
        @Nullable String version,
        @Nullable List<String> pairs,
        @Nullable String directory,
        @Nullable String failure) {
    /** What is done with a model. */
    public enum State {
        /** Can be loaded. */
        AVAILABLE,
        /** Is being opened and warmed. */
        LOADING,
        /** Gets the requests of its pairs. */
        SERVING,
        /** Gets no new requests and is closed when those that began before have ended. */
        DRAINING;

        /** In lower case, as it is written in answers. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static ModelStatus open(ServedModel model, State state, @Nullable String failure) {
        return new ModelStatus(
                model.name(),
                state,
                model.translator().modelVersion(),
                model.translator().languagePairs().stream()
                        .map(LanguagePair::toString)
                        .sorted()
                        .toList(),
                model.directory().toString(),
                failure);
    }

    static ModelStatus closed(String name, State state, String directory, @Nullable String failure) {
        return new ModelStatus(name, state, null, null, directory, failure);
    }
}
