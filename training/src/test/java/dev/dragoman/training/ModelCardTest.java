package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.training.data.BatchPosition;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelCardTest {
    private final TranslationRecipe recipe = (TranslationRecipe) Recipe.read(Path.of("..", "recipes", "default.yaml"));
    private final TrainingState state =
            new TrainingState(1500, new BatchPosition(0, 1500), 5400, -1, 0, 0, GradientHistory.NONE);

    @Test
    void of_recipeAndState_saysWhatTheModelIs() {
        assertThat(ModelCard.of(recipe, state, 21_033_024, null))
                .startsWith("# dragoman-en-frde-21m\n")
                .contains("21,033,024 parameters, I8 weights")
                .contains("1,500 of 16,000 updates, 1.5 hours")
                .contains("| en-fr/train.tsv.xz | en to fr | string | 0.3 |")
                .doesNotContain("Scores");
    }

    @Test
    void of_validation_hasARowPerDirection() {
        ValidationReport report = new ValidationReport(
                1500, List.of(new ValidationReport.Direction("en-fr", Math.log(4.5), 30.25, 55.5)));
        assertThat(ModelCard.of(recipe, state, 1, report))
                .contains("the first 200 sentences")
                .contains("| en-fr | 4.50 | 30.25 | 55.50 |");
    }
}
