package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dragoman.inference.ModelUnavailableException;
import dev.dragoman.inference.Translator;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.training.Recipe.Experts;
import dev.dragoman.training.ValidationReport.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A language model by the same trainer: text, batches, loss, both optimisers, checkpoints, model directory and perplexity. */
class LanguageModelTrainingTest {
    @TempDir
    Path folder;

    private final List<UpdateReport> updates = new ArrayList<>();
    private final List<ValidationReport> validations = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        ToyLanguage.write(folder, 1500);
    }

    /** Trains to the recipe's end, or to {@code stopAt}. */
    private void train(LanguageModelRecipe recipe, Path run, boolean resume, int stopAt) throws Exception {
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
        try (Objective objective = ToyLanguage.objective(recipe, folder);
                Trainer trainer = resume
                        ? Trainer.resume(recipe, objective, run, listener)
                        : Trainer.start(recipe, objective, run, listener)) {
            stop.set(trainer::stop);
            trainer.train();
        }
    }

    /** From guessing among a thousand pieces to the one bit that nobody can know. */
    @Test
    void train_learnsTheLanguage_andItsDirectoryMeasuresTheSame() throws Exception {
        Path run = folder.resolve("run");
        train(ToyLanguage.recipe(120, 120), run, false, -1);
        assertThat(updates.get(0).negativeLogLikelihood()).isGreaterThan(6);
        assertThat(updates.get(119).negativeLogLikelihood()).isLessThan(1.2);
        assertThat(updates.get(0).mixtures()).hasSize(1);
        // With gates at zero the experts share the rows about evenly.
        assertThat(updates.get(0).balance().idleShare()).isZero();
        assertThat(updates.get(0).balance().overflow()).isBetween(1.0, 2.0);

        List<Direction> directions = validations.get(0).directions();
        assertThat(directions).extracting(Direction::name).containsExactly("dev source", "dev target", "all");
        Direction source = directions.get(0);
        // Ten words of one bit each beside the first; eleven pieces and words, the end included.
        assertThat(source.perplexity()).isBetween(2.0, 3.0);
        assertThat(source.wordPerplexity()).isCloseTo(source.perplexity(), within(1e-9));
        assertThat(source.bleu()).isNaN();
        double all = (source.negativeLogLikelihood() + directions.get(1).negativeLogLikelihood()) / 2;
        assertThat(directions.get(2).negativeLogLikelihood()).isCloseTo(all, within(1e-9));

        assertThat(Files.readString(run.resolve("best/README.md")))
                .contains("It does not translate", "| train.tsv | source, target | all | 1 |", "| all | ");
        List<String> sentences = Files.readAllLines(folder.resolve("dev.tsv")).stream()
                .map(line -> line.split("\t")[0])
                .toList();
        try (OpenLanguageModel model = OpenLanguageModel.open(run.resolve("model"))) {
            assertThat(model.name()).isEqualTo("toy");
            Likelihood likelihood = model.likelihood(model.sample("dev", sentences));
            assertThat(likelihood.tokens()).isEqualTo(40 * 11);
            assertThat(likelihood.perToken()).isCloseTo(source.negativeLogLikelihood(), within(1e-4));
        }
        assertThatThrownBy(() -> Translator.open(run.resolve("model")))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("config.json");
    }

    /** Weights in 16 or 32 bits, either optimiser: what was pieced together is the same to the last bit. */
    @ParameterizedTest
    @CsvSource({"FACTORED, BFLOAT16, 4", "FACTORED, FLOAT32, 0", "ADAM, FLOAT32, 4"})
    void resume_computesWhatAnUninterruptedRunDoes(Experts.Kind kind, Experts.Weights weights, int groups)
            throws Exception {
        Experts experts = new Experts(kind, weights, 0.999, 1e-8, 1);
        LanguageModelRecipe recipe =
                ToyLanguage.recipe(ToyLanguage.network(16, new Gating(GateKind.NOISY_TOP_K, groups)), 8, 3, experts);
        train(recipe, folder.resolve("straight"), false, -1);
        train(recipe, folder.resolve("pieced"), false, 2);
        train(recipe, folder.resolve("pieced"), true, 5);
        train(recipe, folder.resolve("pieced"), true, -1);
        assertThat(losses(updates.subList(8, 16))).isEqualTo(losses(updates.subList(0, 8)));
        for (String file : List.of(CheckpointStore.WEIGHTS, CheckpointStore.OPTIMIZER)) {
            Path name = Path.of("checkpoints", "update-00000008", file);
            assertThat(Files.mismatch(
                            folder.resolve("pieced").resolve(name),
                            folder.resolve("straight").resolve(name)))
                    .as(file)
                    .isEqualTo(-1);
        }
        assertThat(validations.get(1)).isEqualTo(validations.get(0));
    }

    private static List<List<Double>> losses(List<UpdateReport> reports) {
        return reports.stream()
                .map(report -> List.of(
                        report.loss(),
                        report.negativeLogLikelihood(),
                        report.gradientNorm(),
                        report.balance().importanceCv(),
                        report.balance().loadCv()))
                .toList();
    }
}
