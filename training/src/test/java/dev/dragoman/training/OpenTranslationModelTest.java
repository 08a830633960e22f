package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.TsvCorpus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenTranslationModelTest {
    private static final LanguagePair FRENCH = new LanguagePair("en", "fr");

    @TempDir
    Path folder;

    /** The weights go to a file and back, the text through another reader; the likelihood must be the trainer's. */
    @Test
    void likelihood_isThatOfTheTrainersValidation() throws Exception {
        ToyTask.write(folder, false, 200);
        TranslationRecipe recipe =
                ToyTask.recipe(ToyTask.network(Form.PARALLEL, Score.FACTORISED, 0), ToyTask.training(5, 5));
        List<ValidationReport> validations = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void validated(ValidationReport report) {
                validations.add(report);
            }
        };
        try (TranslationObjective objective = ToyTask.objective(recipe, folder);
                Trainer trainer = Trainer.start(recipe, objective, folder.resolve("run"), listener)) {
            assertThat(trainer.train()).isEqualTo(Trainer.Outcome.COMPLETE);
        }
        List<SentencePair> pairs = TsvCorpus.readAll(folder.resolve("dev.tsv"));
        try (OpenTranslationModel model = OpenTranslationModel.open(folder.resolve("run/model"))) {
            PairSample sample = model.sample(pairs, FRENCH);
            Likelihood likelihood = model.likelihood(sample);
            assertThat(Math.exp(likelihood.perToken()))
                    .isCloseTo(validations.get(0).directions().get(0).perplexity(), within(1e-3));
            long words = pairs.stream()
                    .mapToLong(pair -> pair.target().split(" ", -1).length + 1)
                    .sum();
            assertThat(sample.words()).isEqualTo(words);
            // Each of the toy's words is a piece, and the end of a sentence one of each.
            assertThat(likelihood.tokens()).isEqualTo(words);
            assertThat(sample.leftOut()).isZero();

            List<SentencePair> odd = new ArrayList<>(pairs.subList(0, 3));
            odd.add(new SentencePair("", "der", "", ""));
            odd.add(new SentencePair("the", " ", "", ""));
            odd.add(new SentencePair("the ".repeat(51), "der", "", ""));
            assertThat(model.sample(odd, FRENCH).leftOut()).isEqualTo(3);
            assertThatThrownBy(() -> model.sample(pairs, new LanguagePair("fr", "en")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("fr");
        }
    }
}
