package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.checkpoint.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Moves parameters down their gradients. What it remembers from one update to the next lives in the manager it was made with. */
interface Optimizer {
    /**
     * One update from the gradients that the network holds, which are spent then.
     *
     * @param scratch owns what the call needs
     * @param update number of the update, from 1
     * @return the gradient's global norm before clipping; nothing was changed if it is not finite
     */
    double update(NDManager scratch, int update, double learningRate);

    /** What it remembers, in float32, by names that do not change; the arrays stay the optimiser's. */
    Map<String, NDArray> state();

    /** Writes what it remembers. */
    default void write(Path file) throws IOException {
        Weights.write(file, state(), StoredType.F32);
    }

    /**
     * Takes up what {@link #write} has written.
     *
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if the file is of other parameters
     */
    default void read(Path file) {
        WeightFiles files = WeightFiles.open(file);
        state().forEach((name, array) -> Weights.fill(files, name, array));
    }
}
