package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTextTest {
    private static final NetworkConfiguration NETWORK = ToyTask.network(Form.PARALLEL, Score.FACTORISED, 0);

    @TempDir
    Path folder;

    private Path recipeFile;

    @BeforeEach
    void write() throws IOException {
        recipeFile = folder.resolve("recipe.yaml");
        Files.writeString(
                folder.resolve("train.tsv"),
                "the and\tder und\tx\tprose\nfor you\tpour ein\tx\tstring\nthat can with\tles des une\tx\tprose\n");
        Files.writeString(
                folder.resolve("dev.tsv"),
                "are\tpas\tx\tprose\nthis will\tpar est\tx\tstring\nthe for\tder pour\tx\tprose\n");
    }

    private static TranslationRecipe.Corpus corpus(String file, @Nullable String prefix, String... kinds) {
        return new TranslationRecipe.Corpus(file, "en", "fr", prefix, List.of(kinds), null);
    }

    private TrainingText read(
            NetworkConfiguration network, TranslationRecipe.Corpus train, TranslationRecipe.Corpus development)
            throws IOException {
        TranslationRecipe recipe = new TranslationRecipe(
                "toy", "-", List.of(train), List.of(development), 50, network, ToyTask.training(1, 1));
        return TrainingText.read(recipe, recipeFile, folder, ToyTask.PIECES, 1);
    }

    @Test
    void read_encodesTrainingAndDevelopmentText() throws IOException {
        try (TrainingText text = read(NETWORK, corpus("train.tsv", "<2fr>"), corpus("dev.tsv", "<2fr>"))) {
            assertThat(text.corpus().size()).isEqualTo(3);
            assertThat(text.corpus().sourceLength(2)).isEqualTo(3);
            assertThat(text.corpus().part(0).prefixId()).isEqualTo(OptionalInt.of(4));
            TrainingText.Development development = text.development().get(0);
            assertThat(development.pair()).isEqualTo(new LanguagePair("en", "fr"));
            assertThat(development.encoded().size()).isEqualTo(3);
            assertThat(development.sources()).containsExactly("are", "this will", "the for");
            assertThat(development.references()).containsExactly("pas", "par est", "der pour");
        }
    }

    /** What is translated for BLEU is what the likelihood is measured on. */
    @Test
    void read_kinds_selectTheSamePairsAsIdsAndAsText() throws IOException {
        try (TrainingText text = read(NETWORK, corpus("train.tsv", null, "prose"), corpus("dev.tsv", null, "prose"))) {
            assertThat(text.corpus().size()).isEqualTo(2);
            TrainingText.Development development = text.development().get(0);
            assertThat(development.encoded().size()).isEqualTo(2);
            assertThat(development.sources()).containsExactly("are", "the for");
            assertThat(development.references()).containsExactly("pas", "der pour");
        }
    }

    @Test
    void read_vocabularyOfAnotherSize_isNamed() {
        NetworkConfiguration other = new NetworkConfiguration(
                999,
                NETWORK.width(),
                NETWORK.lstmCells(),
                1,
                1,
                true,
                1,
                NETWORK.attention(),
                NETWORK.mixture(),
                true,
                0,
                50);
        assertThatThrownBy(() -> read(other, corpus("train.tsv", null), corpus("dev.tsv", null)))
                .isInstanceOf(RecipeException.class)
                .hasMessage(recipeFile + ": network.vocabularySize is 999, but " + ToyTask.PIECES + " has 1000 pieces");
    }

    @Test
    void read_unknownPrefix_isNamed() {
        assertThatThrownBy(() -> read(NETWORK, corpus("train.tsv", "<2xx>"), corpus("dev.tsv", "<2xx>")))
                .isInstanceOf(RecipeException.class)
                .hasMessage(recipeFile + ": prefix <2xx> of train.tsv is no piece of the vocabulary");
    }

    @Test
    void read_missingFile_isNamed() {
        assertThatThrownBy(() -> read(NETWORK, corpus("none.tsv", null), corpus("dev.tsv", null)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.tsv");
    }

    /** Found before training begins, not at the first validation. */
    @Test
    void read_developmentTextThatCannotBeValidated_isNamed() throws IOException {
        Path file = folder.resolve("dev.tsv");
        Files.writeString(file, "the ".repeat(51) + "\tder\n");
        assertThatThrownBy(() -> read(NETWORK, corpus("train.tsv", null), corpus("dev.tsv", null)))
                .isInstanceOf(RecipeException.class)
                .hasMessage(recipeFile + ": network.maximumLength is 50, but development file " + file
                        + " has a source of 51 tokens");
        Files.writeString(file, "\n");
        assertThatThrownBy(() -> read(NETWORK, corpus("train.tsv", null), corpus("dev.tsv", null)))
                .isInstanceOf(RecipeException.class)
                .hasMessage(recipeFile + ": development file " + file + " has no sentence pairs");
    }
}
