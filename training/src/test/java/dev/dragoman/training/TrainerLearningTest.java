package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The living proof of the whole: text, batches, loss, gradients, updates, model directory, search and text again. */
class TrainerLearningTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}, {1}, reversed: {2}")
    @CsvSource({"PARALLEL, FACTORISED, false", "PARALLEL, FACTORISED, true", "RECURRENT, ADDITIVE, true"})
    void train_toNearPerfectOnSentencesNeverSeen(Form form, Score score, boolean reversed) throws Exception {
        assertLearns(ToyTask.network(form, score, 0), reversed, 280);
    }

    @Test
    void train_gnmt() throws Exception {
        assertLearns(ToyTask.gnmt(), true, 400);
    }

    @Test
    void train_rnmt() throws Exception {
        assertLearns(ToyTask.rnmt(), true, 280);
    }

    private void assertLearns(NetworkConfiguration network, boolean reversed, int updates) throws Exception {
        ToyTask.write(folder, reversed, 2000);
        TranslationRecipe recipe = ToyTask.recipe(network, ToyTask.training(updates, updates));
        List<Double> losses = new ArrayList<>();
        List<ValidationReport> validations = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void updated(UpdateReport report) {
                losses.add(report.negativeLogLikelihood());
            }

            @Override
            public void validated(ValidationReport report) {
                validations.add(report);
            }
        };
        try (TranslationObjective objective = ToyTask.objective(recipe, folder);
                Trainer trainer = Trainer.start(recipe, objective, folder.resolve("run"), listener)) {
            assertThat(trainer.train()).isEqualTo(Trainer.Outcome.COMPLETE);
            TrainingText.Development development =
                    objective.text().development().get(0);
            try (Translator translator = Translator.open(folder.resolve("run/model"))) {
                List<Translation> translations = translator.translate(
                        development.sources(), new LanguagePair("en", "fr"), TranslationOptions.GREEDY);
                int exact = 0;
                for (int i = 0; i < translations.size(); i++) {
                    exact += translations
                                    .get(i)
                                    .text()
                                    .equals(development.references().get(i))
                            ? 1
                            : 0;
                }
                assertThat(exact).as("exact translations of 50").isGreaterThanOrEqualTo(45);
            }
        }
        // From guessing among a thousand pieces to what label smoothing of 0.1 leaves.
        assertThat(losses).hasSize(updates);
        assertThat(losses.get(0)).isGreaterThan(5);
        assertThat(losses.get(updates - 1)).isLessThan(0.3);
        assertThat(validations).hasSize(1);
        ValidationReport.Direction direction = validations.get(0).directions().get(0);
        assertThat(direction.perplexity()).isLessThan(1.5);
        assertThat(direction.bleu()).isGreaterThan(90);
        List<ValidationReport.Sample> samples = validations.get(0).samples();
        assertThat(samples)
                .hasSize(8)
                .extracting(ValidationReport.Sample::direction)
                .containsOnly("en-fr");
        assertThat(samples).extracting(ValidationReport.Sample::sentence).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(samples.get(0).source()).isNotEqualTo(samples.get(0).reference());
        // At such a BLEU most are right.
        assertThat(samples)
                .filteredOn(sample -> sample.translation().equals(sample.reference()))
                .hasSizeGreaterThan(4);
    }
}
