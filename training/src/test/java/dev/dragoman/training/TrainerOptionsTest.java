package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.inference.Translator;
import dev.dragoman.model.Engines;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.SafetensorsReader;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.training.data.BatchPosition;
import dev.dragoman.training.data.BatchSampler;
import dev.dragoman.training.data.BatchStream;
import dev.dragoman.training.data.SamplerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recipes may ask for beside the plain loop, and what may go wrong around a run. */
class TrainerOptionsTest {
    private static final NetworkConfiguration NETWORK = ToyTask.network(Form.PARALLEL, Score.FACTORISED, 0.2);

    @TempDir
    Path folder;

    private Path run;

    @BeforeEach
    void write() throws IOException {
        ToyTask.write(folder, true, 200);
        run = folder.resolve("run");
    }

    private static TranslationRecipe recipe(String keys) {
        return ToyTask.recipe(NETWORK, Trainings.with(ToyTask.training(12, 5), keys));
    }

    private TranslationRecipe startingFrom(String model, TranslationRecipe recipe) {
        return new TranslationRecipe(
                recipe.name(),
                recipe.pieces(),
                recipe.corpora(),
                recipe.development(),
                recipe.preparation(),
                recipe.maximumTokens(),
                recipe.network(),
                recipe.training(),
                model);
    }

    private record Ended(Trainer.Outcome outcome, TrainingState state, List<UpdateReport> updates) {}

    private Ended train(TranslationRecipe recipe, Path into, boolean resume, int stopAt) throws Exception {
        List<UpdateReport> updates = new ArrayList<>();
        List<Trainer> trainers = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void updated(UpdateReport report) {
                updates.add(report);
                if (report.update() == stopAt) {
                    trainers.get(0).stop();
                }
            }
        };
        try (Objective objective = ToyTask.objective(recipe, folder);
                Trainer trainer = resume
                        ? Trainer.resume(recipe, objective, into, listener)
                        : Trainer.start(recipe, objective, into, listener)) {
            trainers.add(trainer);
            return new Ended(trainer.train(), trainer.state(), updates);
        }
    }

    private Ended train(String keys) throws Exception {
        return train(recipe(keys), run, false, -1);
    }

    private static Path newest(Path run) {
        return new CheckpointStore(run.resolve("checkpoints"), 1).newest().orElseThrow();
    }

    private static void assertSameFiles(Path one, Path other) throws IOException {
        for (String file : List.of(CheckpointStore.WEIGHTS, CheckpointStore.OPTIMIZER)) {
            assertThat(Files.mismatch(newest(one).resolve(file), newest(other).resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
    }

    @Test
    void batchesPerUpdate_areCountedTogether_andResumedExactly() throws Exception {
        String keys = "batchesPerUpdate: 3, updates: 6, checkpointEvery: 2";
        Ended straight = train(recipe(keys), folder.resolve("straight"), false, -1);
        Ended single = train(recipe("updates: 6"), folder.resolve("single"), false, -1);
        assertThat(straight.updates.get(0).targetTokens())
                .isGreaterThan(2 * single.updates.get(0).targetTokens());
        // Eighteen batches in all: more than an epoch.
        assertThat(straight.updates.get(5).epoch()).isPositive();

        train(recipe(keys), run, false, 3);
        Ended resumed = train(recipe(keys), run, true, -1);
        assertThat(resumed.updates).hasSize(3);
        assertThat(resumed.updates.get(2).loss())
                .isEqualTo(straight.updates.get(5).loss());
        assertSameFiles(run, folder.resolve("straight"));
    }

    /** A state knows of the update before it what its report said, at the ends of epochs too. */
    @Test
    void state_knowsTheEpochOfItsUpdate() throws Exception {
        for (String keys : List.of("batchesPerUpdate: 1", "batchesPerUpdate: 3")) {
            List<Integer> reported = new ArrayList<>();
            List<Integer> known = new ArrayList<>();
            List<Trainer> trainers = new ArrayList<>();
            TrainingListener listener = new TrainingListener() {
                @Override
                public void updated(UpdateReport report) {
                    reported.add(report.epoch());
                    known.add(trainers.get(0).state().epoch());
                }
            };
            try (Objective objective = ToyTask.objective(recipe(keys), folder);
                    Trainer trainer = Trainer.start(recipe(keys), objective, folder.resolve(keys), listener)) {
                trainers.add(trainer);
                trainer.train();
            }
            assertThat(known).isEqualTo(reported).contains(1, 2);
        }
    }

    @Test
    void patience_endsTheRun_andAResumedOneAtOnce() throws Exception {
        String keys = "updates: 40, validateEvery: 2, checkpointEvery: 3, validateSentences: 3, patience: 4,"
                // Nothing is learnt.
                + "learningRate: {peak: 0, warmup: 0, constant: 100, cooldown: 0}";
        Ended ended = train(keys);
        assertThat(ended.outcome).isEqualTo(Trainer.Outcome.NO_BETTER);
        assertThat(ended.state.update()).isEqualTo(10);
        assertThat(newest(run)).hasFileName("update-00000010");
        Ended again = train(recipe(keys), run, true, -1);
        assertThat(again.outcome).isEqualTo(Trainer.Outcome.NO_BETTER);
        assertThat(again.updates).isEmpty();
        Ended onward = train(recipe(keys + ", patience: 5"), run, true, -1);
        assertThat(onward.state.update()).isEqualTo(12);
    }

    @Test
    void initialRange_boundsAllParametersButThoseOfMixtures() throws Exception {
        train("initialRange: 0.04, updates: 1, learningRate: {peak: 0, warmup: 0, constant: 9, cooldown: 0}");
        WeightFiles weights = WeightFiles.open(newest(run).resolve(CheckpointStore.WEIGHTS));
        try (NDManager manager = NDManager.newBaseManager()) {
            for (String name : weights.names()) {
                Shape shape = new Shape(weights.find(name).shape());
                NDArray values = Weights.array(weights, name, shape, manager);
                float largest = values.abs().max().getFloat();
                if (name.contains(".gate") || name.contains(".noise")) {
                    assertThat(largest).as(name).isZero();
                } else if (name.contains(".mixture")) {
                    assertThat(largest).as(name).isGreaterThan(0.04f);
                } else {
                    assertThat(largest).as(name).isBetween(0.03f, 0.04f);
                }
            }
        }
    }

    @Test
    void descent_takesOverFromAdam_andIsResumedExactly() throws Exception {
        String keys = "descent: {after: 4, learningRate: {peak: 0.2, warmup: 0, constant: 99, cooldown: 0}}";
        Ended straight = train(recipe(keys), folder.resolve("straight"), false, -1);
        assertThat(straight.updates.get(3).learningRate()).isLessThan(0.01);
        assertThat(straight.updates.get(4).learningRate()).isEqualTo(0.2);
        train(recipe(keys), run, false, 3);
        train(recipe(keys), run, true, 7);
        train(recipe(keys), run, true, -1);
        assertSameFiles(run, folder.resolve("straight"));
    }

    /** With hardly any room for deviations some updates are passed over: its parameters stay, and the run can be resumed. */
    @Test
    void adaptiveClip_passesOverWhatIsOutOfTheOrdinary() throws Exception {
        String keys = "adaptiveClip: {deviations: 1, decay: 0.5, after: 3}, checkpointEvery: 1, keepCheckpoints: 20";
        Ended straight = train(recipe(keys), folder.resolve("straight"), false, -1);
        List<UpdateReport> passedOver =
                straight.updates.stream().filter(UpdateReport::passedOver).toList();
        assertThat(passedOver).isNotEmpty().hasSizeLessThan(9);
        int update = passedOver.get(0).update();
        assertThat(update).isGreaterThan(3);
        Path checkpoints = folder.resolve("straight/checkpoints");
        for (String file : List.of(CheckpointStore.WEIGHTS, CheckpointStore.OPTIMIZER)) {
            assertThat(checkpoints.resolve("update-%08d".formatted(update)).resolve(file))
                    .hasSameBinaryContentAs(checkpoints
                            .resolve("update-%08d".formatted(update - 1))
                            .resolve(file));
        }
        train(recipe(keys), run, false, 6);
        train(recipe(keys), run, true, -1);
        assertSameFiles(run, folder.resolve("straight"));
    }

    @Test
    void startFrom_beginsWithTheModelsWeights() throws Exception {
        train(recipe("modelPrecision: F32"), folder.resolve("first"), false, -1);
        TranslationRecipe tuned = startingFrom(
                "first/model",
                recipe("updates: 1, seed: 77, learningRate: {peak: 0, warmup: 0, constant: 9, cooldown: 0}"));
        train(tuned, run, false, -1);
        assertThat(newest(run).resolve(CheckpointStore.WEIGHTS))
                .hasSameBinaryContentAs(newest(folder.resolve("first")).resolve(CheckpointStore.WEIGHTS));
    }

    @Test
    void startFrom_ofAnotherNetworkOrOtherPieces_isRefused() throws Exception {
        train(recipe("updates: 1"), folder.resolve("first"), false, -1);
        TranslationRecipe other = startingFrom(
                "first/model",
                ToyTask.recipe(ToyTask.network(Form.PARALLEL, Score.ADDITIVE, 0), ToyTask.training(1, 1)));
        assertThatThrownBy(() -> ToyTask.objective(other, folder))
                .isInstanceOf(RecipeException.class)
                .hasMessage(
                        folder.resolve("recipe.yaml") + ": startFrom, " + folder.resolve("first/model")
                                + ", is a model of another network: network.attention.score is \"ADDITIVE\", but \"FACTORISED\" there");
        Files.writeString(folder.resolve("first/model/pieces.model"), "other");
        TranslationRecipe same = startingFrom("first/model", recipe("updates: 1"));
        assertThatThrownBy(() -> ToyTask.objective(same, folder))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("startFrom needs the pieces of its model");
        TranslationRecipe nowhere = startingFrom("nowhere", recipe("updates: 1"));
        assertThatThrownBy(() -> ToyTask.objective(nowhere, folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no such model directory");
    }

    @Test
    void resume_withAnotherRecipe_namesWhatHasChanged() throws Exception {
        train(recipe("updates: 2"), run, false, -1);
        TranslationRecipe harmful = recipe("updates: 4, seed: 6, clipNorm: 2, keepCheckpoints: 3");
        try (Objective objective = ToyTask.objective(harmful, folder)) {
            TrainingListener none = new TrainingListener() {};
            assertThatThrownBy(() -> Trainer.resume(harmful, objective, run, none))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(newest(run)
                            + " was made by another recipe or from other text: training.seed was 5 and is 6; training.clipNorm was"
                            + " 1.0 and is 2.0. Go on with both as they were, or accept the changes (--accept-changes): the run is then one of"
                            + " neither");
            try (Trainer trainer = Trainer.resume(harmful, objective, run, none, true)) {
                assertThat(trainer.changes())
                        .containsExactly(
                                "training.updates was 2 and is 4",
                                "training.keepCheckpoints was 2 and is 3",
                                "training.seed was 5 and is 6",
                                "training.clipNorm was 1.0 and is 2.0");
                assertThat(trainer.train()).isEqualTo(Trainer.Outcome.COMPLETE);
            }
        }
        // Longer only.
        assertThat(train(recipe("updates: 6, seed: 6, clipNorm: 2"), run, true, -1).updates)
                .hasSize(2);
    }

    @Test
    void resume_withOtherText_isRefused() throws Exception {
        train(recipe("updates: 2"), run, false, -1);
        List<String> lines = new ArrayList<>(Files.readAllLines(folder.resolve("train.tsv")));
        Collections.swap(lines, 3, 4);
        Files.write(folder.resolve("train.tsv"), lines);
        assertThatThrownBy(() -> train(recipe("updates: 4"), run, true, -1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("from other text: text was \"")
                .hasMessageEndingWith("the run is then one of neither");
    }

    /** One bit of an optimiser's file has changed on the disk; the checkpoint before is as good as ever. */
    @Test
    void resume_fromADamagedCheckpoint_namesTheFile() throws Exception {
        train(recipe("updates: 10"), run, false, -1);
        Path file = newest(run).resolve(CheckpointStore.OPTIMIZER);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            long at = channel.size() - 100;
            channel.read(one, at);
            one.flip();
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get() ^ 4)}), at);
        }
        assertThatThrownBy(() -> train(recipe("updates: 12"), run, true, -1))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": damaged: its data have the SHA-256 ")
                .hasMessageEndingWith(", but were written with "
                        + SafetensorsReader.open(file).digest());
        Files.move(newest(run), folder.resolve("damaged"));
        assertThat(train(recipe("updates: 12"), run, true, -1).updates).hasSize(7);
    }

    /** Killed while the best model was being looked for: the resumed run looks again before it goes on. */
    @Test
    void resume_betweenCheckpointAndValidation_validates() throws Exception {
        String keys = "updates: 10, validateEvery: 5, validateSentences: 3";
        train(recipe(keys), folder.resolve("straight"), false, -1);
        List<Integer> validated = new ArrayList<>();
        TrainingListener killer = new TrainingListener() {
            @Override
            public void saved(Path checkpoint) {
                throw new IllegalStateException("killed");
            }
        };
        TrainingListener listener = new TrainingListener() {
            @Override
            public void validated(ValidationReport report) {
                validated.add(report.update());
            }
        };
        try (Objective objective = ToyTask.objective(recipe(keys), folder);
                Trainer trainer = Trainer.start(recipe(keys), objective, run, killer)) {
            assertThatThrownBy(trainer::train).hasMessage("killed");
        }
        try (Objective objective = ToyTask.objective(recipe(keys), folder);
                Trainer trainer = Trainer.resume(recipe(keys), objective, run, listener)) {
            trainer.train();
        }
        assertThat(validated).containsExactly(5, 10);
        assertThat(CheckpointStore.state(newest(run)).bestScore())
                .isEqualTo(CheckpointStore.state(newest(folder.resolve("straight")))
                        .bestScore());
        assertThat(run.resolve("best/weights.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("straight/best/weights.safetensors"));
    }

    /** The engine's own words for what it says when there is no memory, of a tensor that no machine has room for. */
    @Test
    void outOfMemory_tellsWhatWouldNeedLess() throws Exception {
        train(recipe("updates: 5"), run, false, -1);
        Path checkpoint = newest(run);
        TrainingListener greedy = new TrainingListener() {};
        TranslationRecipe recipe = recipe("updates: 12");
        try (Objective objective = ToyTask.objective(recipe, folder);
                NDManager manager = NDManager.newBaseManager();
                Trainer trainer = Trainer.resume(recipe, new Objectives.Greedy(objective, manager), run, greedy)) {
            assertThatThrownBy(trainer::train)
                    .isInstanceOf(TrainingMemoryException.class)
                    .hasMessageMatching(
                            "update 6: out of memory with a batch of \\d+ sentences of up to \\d+ tokens \\(.*\\): lower"
                                    + " training.tokensPerBatch, which is 300, and raise training.batchesPerUpdate likewise, which"
                                    + " keeps what an update sees; the last good checkpoint is .*update-00000005")
                    .hasCauseInstanceOf(EngineException.class);
        }
        assertThat(newest(run)).isEqualTo(checkpoint);
        assertThat(train(recipe, run, true, -1).state.update()).isEqualTo(12);
    }

    @Test
    void outOfMemory_ofTheHeap_tellsHowToGiveMore() throws Exception {
        try (Objective objective = ToyTask.objective(recipe("updates: 1"), folder);
                BatchStream batches = new BatchSampler(
                                objective.corpus(), objective.special(), SamplerOptions.of(1, 300))
                        .stream(BatchPosition.START, 1)) {
            OutOfMemoryError failure = new OutOfMemoryError("Java heap space");
            assertThat(TrainingMemoryException.is(failure)).isTrue();
            assertThat(TrainingMemoryException.is(new EngineException("CUDA out of memory. Tried to allocate 2 GiB")))
                    .isTrue();
            assertThat(TrainingMemoryException.is(new EngineException("shapes differ")))
                    .isFalse();
            assertThat(TrainingMemoryException.of(3, List.of(batches.next().batch()), 300, "there", failure))
                    .hasMessageMatching(
                            "update 3: out of memory with a batch of \\d+ sentences of up to \\d+ tokens \\(Java heap"
                                    + " space\\): give the JVM a larger heap: DRAGOMAN_JAVA_OPTS=-Xmx8g; the last good checkpoint is"
                                    + " there");
        }
    }

    @Test
    void start_whereNothingCanBeWritten_saysSoAtOnce() throws Exception {
        Files.writeString(folder.resolve("file"), "no folder");
        assertThatThrownBy(() -> train(recipe("updates: 1"), folder.resolve("file"), false, -1))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(folder.resolve("file").toString());
    }

    @Test
    void average_isTheMeanOfTheNewestCheckpoints() throws Exception {
        Engines.prepare();
        train(recipe("checkpointEvery: 3, keepCheckpoints: 4"), run, false, -1);
        CheckpointAverage average = CheckpointAverage.ofNewest(run, 3);
        assertThat(average.updates()).containsExactly(6, 9, 12);
        Path mean = folder.resolve("mean");
        average.write(mean, StoredType.F32);
        WeightFiles actual = WeightFiles.open(mean.resolve("weights.safetensors"));
        try (NDManager manager = NDManager.newBaseManager()) {
            for (String name : actual.names()) {
                Shape shape = new Shape(actual.find(name).shape());
                NDArray sum = manager.zeros(shape);
                for (int update : average.updates()) {
                    Path checkpoint = run.resolve("checkpoints/update-%08d".formatted(update));
                    sum = sum.add(Weights.array(
                            WeightFiles.open(checkpoint.resolve(CheckpointStore.WEIGHTS)), name, shape, manager));
                }
                assertThat(Weights.array(actual, name, shape, manager).toFloatArray())
                        .containsExactly(sum.div(3).toFloatArray());
            }
        }
        try (Translator translator = Translator.open(mean)) {
            assertThat(translator.languagePairs()).hasSize(1);
        }
        assertThatThrownBy(() -> CheckpointAverage.ofNewest(run, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--last must be from 2 to 4");
    }
}
