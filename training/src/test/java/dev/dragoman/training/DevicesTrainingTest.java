package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.Translation.Hypothesis;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.LanguageModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.training.Recipe.Experts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs over several devices, the processor standing in for all of them, beside runs on one. */
class DevicesTrainingTest {
    private static final int UPDATES = 8;
    private static final List<String> TWO = List.of("cpu", "cpu");
    /** So large that a gradient which is nothing but rounding is no step. */
    private static final double EPSILON = 1e-3;

    @TempDir
    Path folder;

    /** What the runs have told, one after the other. */
    private final List<UpdateReport> updates = new ArrayList<>();

    private final List<ValidationReport> validations = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        ToyLanguage.write(folder, 1500);
    }

    private static LanguageModelRecipe over(List<String> devices, LanguageModelRecipe recipe) {
        return with(recipe.languageModel(), over(devices, recipe.training()), recipe);
    }

    private static LanguageModelRecipe with(
            LanguageModelConfiguration network, Recipe.Training training, LanguageModelRecipe recipe) {
        return new LanguageModelRecipe(
                recipe.name(),
                recipe.pieces(),
                recipe.corpora(),
                recipe.development(),
                recipe.maximumTokens(),
                network,
                training);
    }

    /** With noise and dropout. */
    private static LanguageModelRecipe noisy(Experts.Kind kind, Experts.Weights weights, int groups) {
        Experts experts = new Experts(kind, weights, 0.999, 1e-8, 1);
        Gating gating = new Gating(GateKind.NOISY_TOP_K, groups);
        return ToyLanguage.recipe(ToyLanguage.network(16, gating), UPDATES, 3, experts);
    }

    /** Without: what is left that differs between numbers of devices is the order of sums. */
    private static LanguageModelRecipe quiet(Experts.Kind kind) {
        Experts experts = new Experts(kind, Experts.Weights.FLOAT32, 0.999, EPSILON, 1);
        LanguageModelConfiguration noisy = ToyLanguage.network(6, new Gating(GateKind.SOFTMAX, 0));
        LanguageModelConfiguration network = new LanguageModelConfiguration(
                noisy.vocabularySize(),
                noisy.width(),
                noisy.lstmCells(),
                noisy.layers(),
                noisy.residualFrom(),
                noisy.mixture(),
                noisy.sharedSoftmax(),
                0,
                noisy.maximumLength());
        LanguageModelRecipe recipe = ToyLanguage.recipe(network, UPDATES, 3, experts);
        return with(network, steady(recipe.training()), recipe);
    }

    private static Recipe.Training over(List<String> devices, Recipe.Training training) {
        return Trainings.with(training, "devices: [" + String.join(", ", devices) + "]");
    }

    private static Recipe.Training steady(Recipe.Training training) {
        return Trainings.with(training, "adam: {beta1: 0.9, beta2: 0.98, epsilon: " + EPSILON + "}");
    }

    /** Trains to the recipe's end, or to {@code stopAt}. */
    private void train(LanguageModelRecipe recipe, Path run, boolean resume, int stopAt) throws Exception {
        try (Objective objective = ToyLanguage.objective(recipe, folder)) {
            train(recipe, objective, run, resume, stopAt);
        }
    }

    private void train(Recipe recipe, Objective objective, Path run, boolean resume, int stopAt) throws Exception {
        AtomicReference<Runnable> stop = new AtomicReference<>(() -> {});
        TrainingListener listener = new TrainingListener() {
            @Override
            public void updated(UpdateReport report) {
                updates.add(report);
                if (report.update() == stopAt) {
                    stop.get().run();
                }
            }

            @Override
            public void validated(ValidationReport report) {
                validations.add(report);
            }
        };
        try (Trainer trainer = resume
                ? Trainer.resume(recipe, objective, run, listener)
                : Trainer.start(recipe, objective, run, listener)) {
            stop.set(trainer::stop);
            trainer.train();
        }
    }

    private static Path checkpoint(Path run, String file) {
        return run.resolve("checkpoints/update-%08d".formatted(UPDATES)).resolve(file);
    }

    private static Map<String, float[]> tensors(Path file) {
        WeightFiles files = WeightFiles.open(file);
        Map<String, float[]> result = new TreeMap<>();
        try (NDManager manager = NDManager.newBaseManager()) {
            for (String name : files.names()) {
                Shape shape = new Shape(files.find(name).shape());
                result.put(name, Weights.array(files, name, shape, manager).toFloatArray());
            }
        }
        return result;
    }

    /** Of the same names and sizes, and about the same numbers. */
    private static void assertClose(Path actual, Path expected) {
        Map<String, float[]> values = tensors(actual);
        assertThat(values.keySet()).isEqualTo(tensors(expected).keySet());
        tensors(expected)
                .forEach((name, numbers) ->
                        assertThat(values.get(name)).as(name).containsExactly(numbers, within(2e-4f)));
    }

    private void assertCloseUpdates(int from, int count) {
        for (int i = 0; i < count; i++) {
            UpdateReport one = updates.get(i);
            UpdateReport other = updates.get(from + i);
            assertThat(other.update()).isEqualTo(one.update());
            assertThat(other.targetTokens()).isEqualTo(one.targetTokens());
            assertThat(other.loss()).isCloseTo(one.loss(), within(1e-4));
            assertThat(other.negativeLogLikelihood()).isCloseTo(one.negativeLogLikelihood(), within(1e-4));
            assertThat(other.gradientNorm()).isCloseTo(one.gradientNorm(), within(1e-3));
            assertThat(other.balance().importanceCv()).isCloseTo(one.balance().importanceCv(), within(1e-3));
        }
    }

    @ParameterizedTest
    @EnumSource(Experts.Kind.class)
    void languageModel_learnsWhatItDoesOnOneDevice(Experts.Kind kind) throws Exception {
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        train(quiet(kind), one, false, -1);
        train(over(TWO, quiet(kind)), two, false, -1);
        assertCloseUpdates(UPDATES, UPDATES);
        assertThat(updates.get(UPDATES - 1).loss()).isLessThan(updates.get(0).loss() - 0.1);
        assertClose(checkpoint(two, CheckpointStore.WEIGHTS), checkpoint(one, CheckpointStore.WEIGHTS));
        assertClose(checkpoint(two, CheckpointStore.OPTIMIZER), checkpoint(one, CheckpointStore.OPTIMIZER));
        assertClose(
                two.resolve("model").resolve(ModelDirectory.WEIGHTS),
                one.resolve("model").resolve(ModelDirectory.WEIGHTS));
        assertThat(validations.get(1).directions().get(2).negativeLogLikelihood())
                .isCloseTo(validations.get(0).directions().get(2).negativeLogLikelihood(), within(1e-4));
    }

    /** One device is no reason for replicas, whether a recipe names it or not. */
    @Test
    void oneDevice_named_isTheOneThatWasChosen() throws Exception {
        LanguageModelRecipe recipe = noisy(Experts.Kind.FACTORED, Experts.Weights.BFLOAT16, 4);
        train(recipe, folder.resolve("chosen"), false, 2);
        train(over(List.of("cpu"), recipe), folder.resolve("named"), false, 2);
        Path weights = Path.of("checkpoints/update-00000002").resolve(CheckpointStore.WEIGHTS);
        assertThat(folder.resolve("named").resolve(weights))
                .hasSameBinaryContentAs(folder.resolve("chosen").resolve(weights));
    }

    @ParameterizedTest
    @CsvSource({"FACTORED, BFLOAT16, 4", "ADAM, FLOAT32, 0"})
    void resume_computesWhatAnUninterruptedRunDoes(Experts.Kind kind, Experts.Weights weights, int groups)
            throws Exception {
        LanguageModelRecipe recipe = over(TWO, noisy(kind, weights, groups));
        Path straight = folder.resolve("straight");
        Path pieced = folder.resolve("pieced");
        train(recipe, straight, false, -1);
        train(recipe, pieced, false, 2);
        train(recipe, pieced, true, 5);
        train(recipe, pieced, true, -1);
        assertThat(losses(updates.subList(UPDATES, 2 * UPDATES))).isEqualTo(losses(updates.subList(0, UPDATES)));
        for (String file : List.of(CheckpointStore.WEIGHTS, CheckpointStore.OPTIMIZER)) {
            assertThat(checkpoint(pieced, file)).hasSameBinaryContentAs(checkpoint(straight, file));
        }
        assertThat(validations.get(1)).isEqualTo(validations.get(0));
    }

    /** Killed between two checkpoints. */
    @Test
    void resume_afterAKill_repeatsFromTheLastCheckpoint() throws Exception {
        LanguageModelRecipe recipe = over(TWO, noisy(Experts.Kind.FACTORED, Experts.Weights.BFLOAT16, 4));
        Path straight = folder.resolve("straight");
        Path killed = folder.resolve("killed");
        train(recipe, straight, false, -1);
        TrainingListener killer = new TrainingListener() {
            @Override
            public void updated(UpdateReport report) {
                if (report.update() == 5) {
                    throw new IllegalStateException("killed");
                }
            }
        };
        try (Objective objective = ToyLanguage.objective(recipe, folder);
                Trainer trainer = Trainer.start(recipe, objective, killed, killer)) {
            assertThatThrownBy(trainer::train).hasMessage("killed");
        }
        train(recipe, killed, true, -1);
        assertThat(losses(updates.subList(UPDATES, updates.size()))).isEqualTo(losses(updates.subList(3, UPDATES)));
        for (String file : List.of(CheckpointStore.WEIGHTS, CheckpointStore.OPTIMIZER)) {
            assertThat(checkpoint(killed, file)).hasSameBinaryContentAs(checkpoint(straight, file));
        }
    }

    private static List<List<Double>> losses(List<UpdateReport> reports) {
        return reports.stream()
                .map(report -> List.of(
                        report.loss(),
                        report.gradientNorm(),
                        report.balance().importanceCv(),
                        report.balance().loadCv()))
                .toList();
    }

    /** From two devices to one, and to three: weights and moments come along whole. */
    @ParameterizedTest
    @EnumSource(Experts.Kind.class)
    void resume_overOtherDevices_goesOnAsOnOne(Experts.Kind kind) throws Exception {
        LanguageModelRecipe recipe = quiet(kind);
        train(recipe, folder.resolve("one"), false, -1);
        train(over(TWO, recipe), folder.resolve("moved"), false, 3);
        train(recipe, folder.resolve("moved"), true, 5);
        train(over(List.of("cpu", "cpu", "cpu"), recipe), folder.resolve("moved"), true, -1);
        assertCloseUpdates(UPDATES, UPDATES);
        for (String file : List.of(CheckpointStore.WEIGHTS, CheckpointStore.OPTIMIZER)) {
            assertClose(checkpoint(folder.resolve("moved"), file), checkpoint(folder.resolve("one"), file));
        }
    }

    @Test
    void translation_learnsWhatItDoesOnOneDevice_andIsServed() throws Exception {
        ToyTask.write(folder, true, 400);
        NetworkConfiguration network = new NetworkConfiguration(
                ToyTask.VOCABULARY,
                32,
                32,
                1,
                2,
                true,
                1,
                new Attention(Form.PARALLEL, Score.FACTORISED, 16),
                new Mixture(4, 2, 24, List.of(1), List.of(1), 0.01, 0.01, 0.01, false, new Gating(GateKind.SOFTMAX, 0)),
                true,
                0,
                50);
        Recipe.Training training = steady(ToyTask.training(UPDATES, UPDATES));
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        Map<Path, Recipe.Training> runs = new LinkedHashMap<>();
        runs.put(one, training);
        runs.put(two, over(TWO, training));
        for (Map.Entry<Path, Recipe.Training> run : runs.entrySet()) {
            TranslationRecipe recipe = ToyTask.recipe(network, run.getValue());
            try (Objective objective = ToyTask.objective(recipe, folder)) {
                train(recipe, objective, run.getKey(), false, -1);
            }
        }
        assertCloseUpdates(UPDATES, UPDATES);
        assertThat(updates.get(0).mixtures()).hasSize(2);
        assertThat(updates.get(UPDATES).mixtures().keySet())
                .isEqualTo(updates.get(0).mixtures().keySet());
        assertClose(checkpoint(two, CheckpointStore.WEIGHTS), checkpoint(one, CheckpointStore.WEIGHTS));
        assertThat(ModelDirectory.open(two.resolve("model")).weights().names())
                .contains("decoder.mixture1.hidden")
                .noneMatch(name -> name.contains("shard"));
        List<String> sentences = List.of("the and for", "you that can with");
        try (Translator ofOne = Translator.open(one.resolve("model"));
                Translator ofTwo = Translator.open(two.resolve("model"))) {
            LanguagePair pair = new LanguagePair("en", "fr");
            List<Translation> expected = ofOne.translate(sentences, pair, TranslationOptions.GREEDY);
            List<Translation> actual = ofTwo.translate(sentences, pair, TranslationOptions.GREEDY);
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                Hypothesis hypothesis = actual.get(i).hypotheses().get(0);
                assertThat(hypothesis.text()).isEqualTo(expected.get(i).text());
                assertThat(hypothesis.score())
                        .isCloseTo(expected.get(i).hypotheses().get(0).score(), within(1e-3));
            }
        }
    }
}
