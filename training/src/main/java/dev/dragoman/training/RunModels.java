package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.Shards;
import dev.dragoman.model.checkpoint.StoredType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The model directories of a run: that of the last validation, and the best so far. */
final class RunModels {
    static final String NEWEST = "model";
    static final String BEST = "best";

    private final Path run;
    private final Objective objective;
    private final StoredType precision;
    private final long parameters;

    /**
     * @param precision of matrices
     * @param parameters how many numbers the network has
     */
    RunModels(Path run, Objective objective, StoredType precision, long parameters) {
        this.run = run;
        this.objective = objective;
        this.precision = precision;
        this.parameters = parameters;
    }

    /** The model of the last validation. */
    Path newest() {
        return run.resolve(NEWEST);
    }

    /**
     * Writes a network as a model directory.
     *
     * @param name {@link #NEWEST} or {@link #BEST}
     * @param report the validation of these weights, if it is done
     */
    void write(String name, Map<String, NDArray> arrays, TrainingState state, @Nullable ValidationReport report)
            throws IOException {
        Path directory = Files.createDirectories(run.resolve(name));
        objective.writeConfiguration(directory);
        Files.copy(objective.pieces(), directory.resolve(ModelDirectory.PIECES), StandardCopyOption.REPLACE_EXISTING);
        Shards.write(directory.resolve(ModelDirectory.WEIGHTS), arrays, precision);
        writeCard(name, state, report);
    }

    /** Writes the card of a model whose weights are there. */
    void writeCard(String name, TrainingState state, @Nullable ValidationReport report) throws IOException {
        Files.writeString(run.resolve(name).resolve("README.md"), objective.card(state, parameters, report));
    }
}
