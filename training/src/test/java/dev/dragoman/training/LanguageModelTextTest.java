package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.training.Recipe.Experts;
import dev.dragoman.training.data.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanguageModelTextTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.createDirectories(folder.resolve("en-fr"));
        Files.writeString(
                folder.resolve("en-fr/train.tsv"),
                "the and\tder und\nfor you\tpour ein\nthe and\tles des\nare this\tpar est\nder und\tpar est\n");
        Files.writeString(folder.resolve("en-fr/dev.tsv"), "are this\tpas\nthis will that\tpar est\n\tder\n");
    }

    private LanguageModelText read(LanguageModelRecipe.Corpus development) throws IOException {
        LanguageModelRecipe toy = ToyLanguage.recipe(ToyLanguage.network(4, Gating.FLAT), 1, 1, Experts.DENSE);
        LanguageModelRecipe recipe = new LanguageModelRecipe(
                toy.name(),
                "-",
                List.of(ToyLanguage.corpus("en-fr/train.tsv", Column.SOURCE, Column.TARGET)),
                List.of(development),
                50,
                toy.languageModel(),
                toy.training());
        return LanguageModelText.read(recipe, folder.resolve("recipe.yaml"), folder, ToyTask.PIECES, 1);
    }

    @Test
    void read_leavesOutWhatTheDevelopmentTextHas() throws IOException {
        try (LanguageModelText text = read(ToyLanguage.corpus("en-fr/dev.tsv", Column.SOURCE, Column.TARGET))) {
            // the and, der und, for you, pour ein, les des: each once, and neither "are this" nor "par est".
            assertThat(text.corpus().size()).isEqualTo(5);
            TextSample sample = text.development().get(0);
            assertThat(sample.name()).isEqualTo("en-fr/dev source+target");
            assertThat(sample.encoded().size()).isEqualTo(5);
            // 2 + 1 + 3 + 2 + 1 words and five ends; the empty side is none.
            assertThat(sample.words()).isEqualTo(14);
        }
        try (LanguageModelText text = read(ToyLanguage.corpus("en-fr/dev.tsv", Column.TARGET))) {
            assertThat(text.corpus().size()).isEqualTo(6);
            assertThat(text.development().get(0).encoded().size()).isEqualTo(3);
        }
    }

    @Test
    void read_developmentTextThatCannotBeMeasured_isNamed() throws IOException {
        Files.writeString(folder.resolve("empty.tsv"), " \tx\n");
        assertThatThrownBy(() -> read(ToyLanguage.corpus("empty.tsv", Column.SOURCE)))
                .isInstanceOf(RecipeException.class)
                .hasMessage(folder.resolve("recipe.yaml") + ": development: empty source has no sentences");
        Files.writeString(folder.resolve("long.tsv"), "x\t" + "the ".repeat(41) + "\n");
        assertThatThrownBy(() -> read(ToyLanguage.corpus("long.tsv", Column.TARGET)))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("the longest sentence of the model is 40 tokens, but long target has one of 41");
    }

    @Test
    void read_otherVocabulary_isNamed() {
        LanguageModelRecipe recipe = (LanguageModelRecipe) Recipe.read(Path.of("..", "recipes", "lm-32.yaml"));
        assertThatThrownBy(
                        () -> LanguageModelText.read(recipe, folder.resolve("recipe.yaml"), folder, ToyTask.PIECES, 1))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("languageModel.vocabularySize is 8000, but ")
                .hasMessageEndingWith(" has 1000 pieces");
    }
}
