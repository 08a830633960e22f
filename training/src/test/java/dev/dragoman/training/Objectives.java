package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.TokenBatch;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.SpecialIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Objectives with something wrong. */
final class Objectives {
    private Objectives() {}

    /** Asks the engine for more memory than there is whenever it makes a batch. */
    record Greedy(Objective objective, NDManager manager) implements Objective {
        @Override
        public TokenBatch tokens(Batch batch) {
            manager.zeros(new Shape(1L << 45)).close();
            return objective.tokens(batch);
        }

        @Override
        public TrainableNetwork newNetwork() {
            return objective.newNetwork();
        }

        @Override
        public boolean fillFromStartingModel(Map<String, NDArray> parameters) {
            return objective.fillFromStartingModel(parameters);
        }

        @Override
        public EncodedCorpus corpus() {
            return objective.corpus();
        }

        @Override
        public SpecialIds special() {
            return objective.special();
        }

        @Override
        public Path pieces() {
            return objective.pieces();
        }

        @Override
        public void writeConfiguration(Path directory) throws IOException {
            objective.writeConfiguration(directory);
        }

        @Override
        public @Nullable ValidationReport validate(int update, TrainableNetwork network, Path model) {
            return objective.validate(update, network, model);
        }

        @Override
        public double score(ValidationReport report) {
            return objective.score(report);
        }

        @Override
        public String card(TrainingState state, long parameters, @Nullable ValidationReport report) {
            return objective.card(state, parameters, report);
        }

        @Override
        public void close() {
            objective.close();
        }
    }
}
