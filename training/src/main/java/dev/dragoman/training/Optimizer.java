package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.checkpoint.Shards;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.WeightFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Moves parameters down their gradients. What it remembers from one update to the next lives in the manager it was made with. */
public interface Optimizer {
    /**
     * One update from the gradients that the network holds, which are spent then, whether or not anything has moved.
     *
     * @param scratch owns what the call needs
     * @return the gradient's global norm before clipping; nothing was changed if it is not finite or above the step's largest
     */
    double update(NDManager scratch, Step step);

    /**
     * What it remembers, in float32, by names that do not change; the arrays stay the optimiser's. Of a part of a parameter, such as
     * {@code NAME.shard0}, the names end as the part's does.
     */
    Map<String, NDArray> state();

    /** Writes what it remembers, of parts of a parameter as of the whole. */
    default void write(Path file) throws IOException {
        Shards.write(file, state(), StoredType.F32);
    }

    /**
     * Takes up what {@link #write} has written.
     *
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if the file is of other parameters
     */
    default void read(Path file) {
        Shards.fill(WeightFiles.open(file), state());
    }
}
