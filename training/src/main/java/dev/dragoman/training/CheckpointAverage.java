package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.Engines;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.StoredTensor;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.checkpoint.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The mean of the weights of several checkpoints, as a model directory: of the last of a run it is often a better model than any of them,
 * since each is a little off in another direction.
 *
 * <p>Holds one network in float32, and one tensor more, in memory.
 */
public final class CheckpointAverage {
    private final Path run;
    private final List<Path> checkpoints;

    private CheckpointAverage(Path run, List<Path> checkpoints) {
        this.run = run;
        this.checkpoints = checkpoints;
    }

    /**
     * Of the newest checkpoints of a run.
     *
     * @param run the run's folder, with a model from its last validation
     * @param count how many, at least 2
     * @throws IllegalArgumentException if the run keeps fewer; the message tells how many
     */
    public static CheckpointAverage ofNewest(Path run, int count) {
        List<Path> all = new CheckpointStore(run.resolve(CheckpointStore.FOLDER), Integer.MAX_VALUE).all();
        if (count < 2 || count > all.size()) {
            throw new IllegalArgumentException(String.format(
                    "--last must be from 2 to %d, as many checkpoints as %s has (training.keepCheckpoints limits them), but"
                            + " is %d",
                    all.size(), run, count));
        }
        return new CheckpointAverage(run, all.subList(all.size() - count, all.size()));
    }

    /** The updates after which the checkpoints were taken, oldest first. */
    public List<Integer> updates() {
        return checkpoints.stream()
                .map(checkpoint -> CheckpointStore.state(checkpoint).update())
                .toList();
    }

    /**
     * Writes the mean as a model directory, with configuration, pieces and, if it has one, shortlist of the run's model.
     *
     * @param precision of matrices
     * @throws ModelFormatException if the run has no model yet, or a checkpoint is damaged
     */
    public void write(Path directory, StoredType precision) throws IOException {
        Engines.prepare();
        Path model = run.resolve(RunModels.NEWEST);
        for (String file : List.of(ModelDirectory.CONFIGURATION, ModelDirectory.PIECES)) {
            if (!Files.isRegularFile(model.resolve(file))) {
                throw new ModelFormatException(
                        model.resolve(file),
                        "no such file: the run has not been validated yet, which writes its model");
            }
        }
        Files.createDirectories(directory);
        try (NDManager manager = NDManager.newBaseManager()) {
            Weights.write(directory.resolve(ModelDirectory.WEIGHTS), mean(manager), precision);
        }
        for (String file : List.of(ModelDirectory.CONFIGURATION, ModelDirectory.PIECES)) {
            Files.copy(model.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Path shortlist = model.resolve(ModelDirectory.SHORTLIST);
        if (Files.exists(shortlist)) {
            Files.copy(shortlist, directory.resolve(ModelDirectory.SHORTLIST), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.writeString(directory.resolve("README.md"), card(model));
    }

    private Map<String, NDArray> mean(NDManager manager) {
        List<WeightFiles> all = new ArrayList<>();
        for (Path checkpoint : checkpoints) {
            WeightFiles weights = WeightFiles.open(checkpoint.resolve(CheckpointStore.WEIGHTS));
            weights.verify();
            all.add(weights);
        }
        Map<String, NDArray> mean = new LinkedHashMap<>();
        for (String name : all.get(0).names()) {
            StoredTensor first = Objects.requireNonNull(all.get(0).find(name));
            Shape shape = new Shape(first.shape());
            NDArray sum = manager.zeros(shape);
            for (WeightFiles weights : all) {
                try (NDArray one = Weights.array(weights, name, shape, manager)) {
                    sum.addi(one);
                }
            }
            mean.put(name, sum.divi(all.size()));
        }
        return mean;
    }

    private String card(Path model) throws IOException {
        Path card = model.resolve("README.md");
        String before = Files.isRegularFile(card) ? Files.readString(card) : "";
        return "The mean of the weights of a run's checkpoints after the updates " + updates()
                + ". What follows is the card of the run's last model, whose scores are not those of the mean.\n\n"
                + before;
    }
}
