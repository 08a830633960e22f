package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.inference.Translator;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.SafetensorsReader;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerTest {
    private static final NetworkConfiguration NETWORK = ToyTask.network(Form.PARALLEL, Score.FACTORISED, 0.2);

    @TempDir
    Path folder;

    private Path run;

    @BeforeEach
    void write() throws IOException {
        ToyTask.write(folder, true, 200);
        run = folder.resolve("run");
    }

    /** Twelve updates of more than one epoch, a checkpoint every five, no validation but the last. */
    private static TranslationRecipe recipe(NetworkConfiguration network) {
        return ToyTask.recipe(network, ToyTask.training(12, 5));
    }

    /** Keeps what it hears, and at one update does something else. */
    private static class Recorder implements TrainingListener {
        final List<UpdateReport> updates = new ArrayList<>();
        final List<ValidationReport> validations = new ArrayList<>();
        final List<Path> saved = new ArrayList<>();
        int actAt = -1;
        Runnable action = () -> {};

        @Override
        public void updated(UpdateReport report) {
            updates.add(report);
            if (report.update() == actAt) {
                action.run();
            }
        }

        @Override
        public void validated(ValidationReport report) {
            validations.add(report);
        }

        @Override
        public void saved(Path checkpoint) {
            saved.add(checkpoint);
        }
    }

    private Recorder train(TranslationRecipe recipe, Path into, boolean resume, int stopAt) throws Exception {
        Recorder recorder = new Recorder();
        try (Objective objective = ToyTask.objective(recipe, folder);
                Trainer trainer = resume
                        ? Trainer.resume(recipe, objective, into, recorder)
                        : Trainer.start(recipe, objective, into, recorder)) {
            recorder.actAt = stopAt;
            recorder.action = trainer::stop;
            assertThat(trainer.train()).isEqualTo(stopAt < 0 ? Trainer.Outcome.COMPLETE : Trainer.Outcome.STOPPED);
            assertThat(trainer.state().update())
                    .isEqualTo(stopAt < 0 ? recipe.training().updates() : stopAt);
        }
        return recorder;
    }

    private static Path newest(Path run) {
        return new CheckpointStore(run.resolve("checkpoints"), 1).newest().orElseThrow();
    }

    private static void assertSameCheckpoint(Path actual, Path expected) throws IOException {
        assertThat(actual.getFileName()).isEqualTo(expected.getFileName());
        for (String file : List.of(CheckpointStore.WEIGHTS, CheckpointStore.OPTIMIZER)) {
            assertThat(Files.mismatch(actual.resolve(file), expected.resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
        TrainingState one = CheckpointStore.state(actual);
        TrainingState other = CheckpointStore.state(expected);
        assertThat(one.update()).isEqualTo(other.update());
        assertThat(one.position()).isEqualTo(other.position());
        assertThat(one.bestScore()).isEqualTo(other.bestScore());
    }

    /** All that an update computes; its time is the machine's affair. */
    private static List<List<Number>> numbers(List<UpdateReport> updates) {
        return updates.stream()
                .map(update -> List.<Number>of(
                        update.update(),
                        update.epoch(),
                        update.targetTokens(),
                        update.loss(),
                        update.negativeLogLikelihood(),
                        update.learningRate(),
                        update.gradientNorm(),
                        update.balance().importanceCv(),
                        update.balance().loadCv()))
                .toList();
    }

    /** Dropout, the gates' noise, the order of batches across epochs, both moments: the same to the last bit. */
    @ParameterizedTest
    @CsvSource({"PARALLEL, FACTORISED, FLOAT32", "RECURRENT, ADDITIVE, FLOAT32", "PARALLEL, FACTORISED, BFLOAT16"})
    void resume_computesWhatAnUninterruptedRunDoes(Form form, Score score, Compute precision) throws Exception {
        TranslationRecipe recipe = ToyTask.recipe(
                ToyTask.network(form, score, 0.2),
                Trainings.with(
                        ToyTask.training(12, 5),
                        "precision: " + precision + ", validateSentences: 5, modelPrecision: BF16"));
        Recorder straight = train(recipe, folder.resolve("straight"), false, -1);
        assertThat(straight.updates.get(11).epoch()).as("more than one epoch").isPositive();

        List<UpdateReport> pieced = new ArrayList<>();
        pieced.addAll(train(recipe, run, false, 3).updates);
        pieced.addAll(train(recipe, run, true, 4).updates);
        pieced.addAll(train(recipe, run, true, 5).updates);
        pieced.addAll(train(recipe, run, true, 9).updates);
        pieced.addAll(train(recipe, run, true, -1).updates);

        assertThat(numbers(pieced)).isEqualTo(numbers(straight.updates));
        assertSameCheckpoint(newest(run), newest(folder.resolve("straight")));
    }

    /** Killed between two checkpoints, while a third was being written. */
    @Test
    void resume_afterAKill_repeatsFromTheLastCheckpoint() throws Exception {
        TranslationRecipe recipe = recipe(NETWORK);
        Recorder straight = train(recipe, folder.resolve("straight"), false, -1);
        Recorder killed = new Recorder();
        killed.actAt = 8;
        killed.action = () -> {
            throw new IllegalStateException("killed");
        };
        try (Objective objective = ToyTask.objective(recipe, folder);
                Trainer trainer = Trainer.start(recipe, objective, run, killed)) {
            assertThatThrownBy(trainer::train).hasMessage("killed");
        }
        Path left = Files.createDirectories(run.resolve("checkpoints/update-00000008.part"));
        Files.writeString(left.resolve(CheckpointStore.WEIGHTS), "torn");
        assertThat(newest(run)).hasFileName("update-00000005");

        Recorder resumed = train(recipe, run, true, -1);

        assertThat(left).doesNotExist();
        assertThat(numbers(resumed.updates)).isEqualTo(numbers(straight.updates.subList(5, 12)));
        assertSameCheckpoint(newest(run), newest(folder.resolve("straight")));
    }

    @Test
    void train_savesReportsAndKeepsCountOfCheckpoints() throws Exception {
        Recorder recorder = train(recipe(NETWORK), run, false, -1);
        Path checkpoints = run.resolve("checkpoints");
        assertThat(recorder.saved)
                .containsExactly(
                        checkpoints.resolve("update-00000005"),
                        checkpoints.resolve("update-00000010"),
                        checkpoints.resolve("update-00000012"));
        try (Stream<Path> kept = Files.list(checkpoints)) {
            assertThat(kept.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("update-00000010", "update-00000012");
        }
        assertThat(recorder.updates)
                .extracting(UpdateReport::update)
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(recorder.updates.get(0).learningRate()).isEqualTo(0.01 / 30);
        // With gates at zero the experts share the rows about evenly.
        assertThat(recorder.updates.get(0).balance().loadCv()).isBetween(0.0, 0.2);
        assertThat(recorder.validations).extracting(ValidationReport::update).containsExactly(12);
        assertThat(CheckpointStore.state(newest(run)).seconds()).isPositive();
    }

    @Test
    void resume_ofACompleteRun_doesNothing() throws Exception {
        train(recipe(NETWORK), run, false, -1);
        byte[] before = Files.readAllBytes(newest(run).resolve("state.json"));
        Recorder again = train(recipe(NETWORK), run, true, -1);
        assertThat(again.updates).isEmpty();
        assertThat(again.saved).isEmpty();
        assertThat(newest(run).resolve("state.json")).hasBinaryContent(before);
    }

    /** The best score so far is part of where a run stands, or a resumed run would replace a better model by a worse one. */
    @Test
    void validation_scoreIsInTheCheckpointOfTheSameUpdate() throws Exception {
        TranslationRecipe recipe = ToyTask.recipe(
                ToyTask.network(Form.PARALLEL, Score.FACTORISED, 0),
                Trainings.with(ToyTask.training(60, 30), "validateEvery: 30, labelSmoothing: 0"));
        Recorder recorder = train(recipe, run, false, -1);
        assertThat(recorder.validations).hasSize(2);
        double best = recorder.validations.stream()
                .mapToDouble(ValidationReport::meanBleu)
                .max()
                .orElseThrow();
        assertThat(best).isPositive();
        assertThat(CheckpointStore.state(newest(run)).bestScore()).isEqualTo(best);
        Path first = run.resolve("checkpoints/update-00000030");
        assertThat(CheckpointStore.state(first).bestScore())
                .isEqualTo(recorder.validations.get(0).meanBleu());
        try (Translator model = Translator.open(run.resolve("model"));
                Translator bestModel = Translator.open(run.resolve("best"))) {
            assertThat(model.modelVersion()).isNotEmpty();
            assertThat(bestModel.modelVersion()).isNotEmpty();
        }
    }

    @Test
    void train_withoutDevelopmentText_stillWritesTheModel() throws Exception {
        TranslationRecipe recipe = recipe(NETWORK);
        TranslationRecipe alone = new TranslationRecipe(
                recipe.name(), "-", recipe.corpora(), List.of(), 50, NETWORK, ToyTask.training(2, 5));
        Recorder recorder = train(alone, run, false, -1);
        assertThat(recorder.validations).isEmpty();
        ModelDirectory model = ModelDirectory.open(run.resolve("model"));
        assertThat(model.configuration().name()).isEqualTo("toy");
        assertThat(Files.mismatch(model.pieces(), ToyTask.PIECES)).isEqualTo(-1);
        try (Translator translator = Translator.open(run.resolve("model"))) {
            assertThat(translator.languagePairs()).hasSize(1);
        }
    }

    /** A weight that is no number; and one so large that the loss is still a number, but the gradient's norm is beyond all. */
    @ParameterizedTest
    @CsvSource({"decoder.context, NaN, the loss is NaN", "embedding.weight, 1e25, the gradient's norm is Infinity"})
    void train_notFinite_namesUpdateAndCheckpoint_andLeavesIt(String tensor, float value, String problem)
            throws Exception {
        TranslationRecipe recipe = recipe(NETWORK);
        train(recipe, run, false, 6);
        Path checkpoint = newest(run);
        Path weights = checkpoint.resolve(CheckpointStore.WEIGHTS);
        poison(weights, tensor, value);
        byte[] before = Files.readAllBytes(weights);

        try (Objective objective = ToyTask.objective(recipe, folder);
                Trainer trainer = Trainer.resume(recipe, objective, run, new Recorder())) {
            assertThatThrownBy(trainer::train)
                    .isInstanceOf(DivergedException.class)
                    .hasMessage("update 7: " + problem + "; the last good checkpoint is " + checkpoint);
            assertThat(trainer.state().update()).isEqualTo(6);
        }
        assertThat(weights).hasBinaryContent(before);
        assertThat(newest(run)).isEqualTo(checkpoint);
    }

    @Test
    void train_notFiniteBeforeTheFirstCheckpoint_saysThatThereIsNone() throws Exception {
        TranslationRecipe recipe = recipe(NETWORK);
        train(recipe, run, false, 1);
        poison(newest(run).resolve(CheckpointStore.WEIGHTS), "decoder.context", Float.NaN);
        try (Objective objective = ToyTask.objective(recipe, folder);
                Trainer trainer = Trainer.resume(recipe, objective, run, new Recorder())) {
            Files.move(run.resolve("checkpoints"), run.resolve("elsewhere"));
            assertThatThrownBy(trainer::train)
                    .isInstanceOf(DivergedException.class)
                    .hasMessage(
                            "update 2: the loss is NaN; the last good checkpoint is none: the run had not written one yet");
        }
    }

    /** Every parameter as it was but for one number. */
    private static void poison(Path weights, String tensor, float value) throws IOException {
        SafetensorsReader reader = SafetensorsReader.open(weights);
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            for (String name : reader.names()) {
                try (NDArray mapped =
                        Weights.array(reader, name, new Shape(reader.find(name).shape()), manager)) {
                    arrays.put(name, mapped.duplicate());
                }
            }
            float[] values = arrays.get(tensor).toFloatArray();
            values[7] = value;
            arrays.get(tensor).set(values);
            Weights.write(weights, arrays, StoredType.F32);
        }
    }

    @Test
    void start_intoAFolderThatHoldsARun_isRefused() throws Exception {
        TranslationRecipe recipe = recipe(NETWORK);
        train(recipe, run, false, 2);
        try (Objective objective = ToyTask.objective(recipe, folder)) {
            assertThatThrownBy(() -> Trainer.start(recipe, objective, run, new Recorder()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(run + " holds a run already (update-00000002): resume it, or name another folder");
        }
    }

    @Test
    void resume_withoutACheckpoint_isRefused() throws Exception {
        TranslationRecipe recipe = recipe(NETWORK);
        try (Objective objective = ToyTask.objective(recipe, folder)) {
            assertThatThrownBy(() -> Trainer.resume(recipe, objective, run, new Recorder()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(run + " holds no checkpoint to resume from");
        }
    }

    @Test
    void resume_withAnotherNetwork_namesTheTensor() throws Exception {
        train(recipe(NETWORK), run, false, 2);
        TranslationRecipe other = recipe(ToyTask.network(Form.RECURRENT, Score.FACTORISED, 0.2));
        try (Objective objective = ToyTask.objective(other, folder)) {
            assertThatThrownBy(() -> Trainer.resume(other, objective, run, new Recorder()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith(
                            newest(run)
                                    + " was made by another recipe or from other text: network.attention.form was \"PARALLEL\" and is \"RECURRENT\".");
            assertThatThrownBy(() -> Trainer.resume(other, objective, run, new Recorder(), true))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith(newest(run).resolve(CheckpointStore.WEIGHTS)
                            + ": decoder.layer1.input has shape [192, 48], the configuration asks for [192, 96]");
        }
    }

    @Test
    void parameters_countsAllNumbers() throws Exception {
        TranslationRecipe recipe = recipe(NETWORK);
        try (Objective objective = ToyTask.objective(recipe, folder);
                Trainer trainer = Trainer.start(recipe, objective, run, new Recorder())) {
            int width = 48;
            // Embedding and softmax bias; the bidirectional layer and two decoder layers; attention; context; two
            // mixtures.
            long lstm = 4L * width * (2 * width + 1);
            long halves = 2 * 4L * (width / 2) * (width + width / 2 + 1);
            long mixture = 2L * width * 4 + 2L * 4 * width * 48;
            assertThat(trainer.parameters())
                    .isEqualTo(1000L * width
                            + 1000
                            + halves
                            + 2 * lstm
                            + 2L * 32 * width
                            + 32
                            + (long) width * width
                            + 2 * mixture);
        }
    }
}
