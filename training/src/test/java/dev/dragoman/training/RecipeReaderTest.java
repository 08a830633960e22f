package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.training.Recipe.Experts;
import dev.dragoman.training.data.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recipes of language models, and recipes with a base. */
class RecipeReaderTest {
    private static final Path SHIPPED = Path.of("..", "recipes");

    @TempDir
    Path folder;

    @BeforeEach
    void copy() throws IOException {
        Files.copy(SHIPPED.resolve("lm-32.yaml"), folder.resolve("lm-32.yaml"));
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    void read_languageModel() {
        LanguageModelRecipe recipe = (LanguageModelRecipe) Recipe.read(folder.resolve("lm-32.yaml"));
        assertThat(recipe.corpora().get(0).text()).containsExactly(Column.SOURCE, Column.TARGET);
        assertThat(recipe.languageModel().mixture().experts()).isEqualTo(32);
        assertThat(recipe.training().experts().optimizer()).isEqualTo(Experts.Kind.FACTORED);
        assertThat(recipe.training().experts().clipRms()).isEqualTo(1);
    }

    /** The recipes that are compared with one another differ in what they are about, in nothing else. */
    @ParameterizedTest
    @CsvSource({
        "lm-4, 4, 4, 0, 0.1, 0.1",
        "lm-256, 256, 4, 0, 0.1, 0.1",
        "lm-1024, 1024, 4, 0, 0.1, 0.1",
        "lm-256-h, 256, 2, 16, 0.1, 0.1",
        "lm-1024-h, 1024, 2, 32, 0.1, 0.1",
        "lm-256-w0, 256, 4, 0, 0, 0",
        "lm-256-w0.2-0, 256, 4, 0, 0.2, 0",
        "lm-256-w0-0.2, 256, 4, 0, 0, 0.2",
        "lm-256-w0.01, 256, 4, 0, 0.01, 0.01",
        "lm-256-w1, 256, 4, 0, 1, 1",
    })
    void read_shipped_differInWhatTheyCompare(
            String name, int experts, int perRow, int groups, double importance, double load) {
        LanguageModelRecipe base = (LanguageModelRecipe) Recipe.read(SHIPPED.resolve("lm-32.yaml"));
        LanguageModelRecipe recipe = (LanguageModelRecipe) Recipe.read(SHIPPED.resolve(name + ".yaml"));
        assertThat(recipe.name()).isEqualTo("dragoman-" + name);
        assertThat(recipe.training()).isEqualTo(base.training());
        assertThat(recipe.corpora()).isEqualTo(base.corpora());
        assertThat(recipe.languageModel().mixture().experts()).isEqualTo(experts);
        assertThat(recipe.languageModel().mixture().perRow()).isEqualTo(perRow);
        assertThat(recipe.languageModel().mixture().gating()).isEqualTo(new Gating(Gating.FLAT.kind(), groups));
        assertThat(recipe.languageModel().mixture().importanceWeight()).isEqualTo(importance);
        assertThat(recipe.languageModel().mixture().loadWeight()).isEqualTo(load);
        assertThat(recipe.languageModel().mixture().hidden())
                .isEqualTo(base.languageModel().mixture().hidden());
        assertThat(recipe.languageModel().dropout())
                .isEqualTo(base.languageModel().dropout());
    }

    /** Maps are merged at any depth, lists are replaced; a base may have a base. */
    @Test
    void read_base_isOverlaid() throws IOException {
        write("one.yaml", "base: lm-32.yaml\ntraining: {updates: 7, adam: {beta2: 0.5}}\n");
        Path two = write("two.yaml", "base: one.yaml\nname: two\ndevelopment: []\ntraining: {seed: 4}\n");
        LanguageModelRecipe recipe = (LanguageModelRecipe) Recipe.read(two);
        assertThat(recipe.name()).isEqualTo("two");
        assertThat(recipe.development()).isEmpty();
        assertThat(recipe.corpora()).hasSize(2);
        assertThat(recipe.training().seed()).isEqualTo(4);
        assertThat(recipe.training().updates()).isEqualTo(7);
        assertThat(recipe.training().adam()).isEqualTo(new Recipe.Adam(0.9, 0.5, 1e-8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base: none.yaml                                    | none.yaml: no such file",
                "base: [lm-32.yaml]                                 | top.yaml: base must be the name of a recipe, but is [\"lm-32.yaml\"]",
                "base: top.yaml                                     | top.yaml: base leads back to this recipe",
                "'base: lm-32.yaml\nspeed: 3'                       | top.yaml: speed: no such field; there are corpora, ",
                "'base: lm-32.yaml\ntraining: {speed: 3}'           | top.yaml: training.speed: no such field; there are ",
                "'base: lm-32.yaml\ntraining: {updates: 0}'         | top.yaml: training.updates must be from 1 ",
                "'base: lm-32.yaml\ntraining: 3'                    | top.yaml: training: ",
                "'base: lm-32.yaml\nlanguageModel: {mixture: {experts: many}}' | top.yaml: languageModel.mixture.experts: ",
                "'base: lm-32.yaml\nnetwork: {width: 3}'            | top.yaml: network: no such field",
                "'base: lm-32.yaml\nname: a\nname: b'               | top.yaml: ",
                "'base: lm-32.yaml\ncorpora: [{file: a, text: [source], source: en}]' | top.yaml: corpora[0].source: no such field; there are file, kinds, text, weight",
                "'base: lm-32.yaml\ncorpora: [{file: a}]'           | top.yaml: text of a is missing",
                "'base: lm-32.yaml\ncorpora: [{file: a, text: []}]' | top.yaml: text of a must name at least one column, but is empty",
                "'base: lm-32.yaml\ncorpora: [{file: a, text: [source, source]}]' | top.yaml: text of a must name a column once, but is [source, source]",
                "'base: lm-32.yaml\ncorpora: [{file: a, text: [middle]}]' | top.yaml: corpora[0].text[0]: ",
                "'base: lm-32.yaml\ntraining: {experts: {optimizer: ADAM}}' | training.experts.weights must be FLOAT32 with the optimizer ADAM, but is BFLOAT16",
                "'base: lm-32.yaml\ntraining: {experts: {weights: FLOAT64}}' | top.yaml: training.experts.weights: ",
                "'base: lm-32.yaml\ntraining: {experts: {beta2: 1}}' | training.experts.beta2 must be from 0 to 0.999999, but is 1",
                "'base: lm-32.yaml\ntraining: {experts: {clipRms: -1}}' | training.experts.clipRms must be from 0 to 1000000000, but is -1",
                "'base: lm-32.yaml\nlanguageModel: {mixture: {perRow: 2, gating: {groups: 2}}}\ntraining: {devices: [cpu, cpu, cpu]}' | top.yaml: training.devices must name at most 2 devices, as many as a mixture layer has groups of experts, but names 3",
                "'base: lm-32.yaml\ntraining: {devices: [cuda]}' | top.yaml: training.devices must be cpu, gpu, gpu0 to gpu9 or cuda:0 to cuda:9, but is cuda",
            })
    void read_problem_namesFileAndKey(String content, String problem) throws IOException {
        Path top = write("top.yaml", content);
        assertThatThrownBy(() -> Recipe.read(top))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(problem);
    }

    /** A base has to be whole, so its own mistakes are told of it. */
    @Test
    void read_brokenBase_isNamed() throws IOException {
        write("base.yaml", Files.readString(folder.resolve("lm-32.yaml")).replace("  seed:", "  speed: 3\n  seed:"));
        Path top = write("top.yaml", "base: base.yaml\ntraining: {updates: 3}\n");
        assertThatThrownBy(() -> Recipe.read(top))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith(folder.resolve("base.yaml") + ": training.speed: no such field");
    }

    @Test
    void experts_whereTheRecipeDoesNotSay_areDense() {
        assertThat(Recipe.read(SHIPPED.resolve("default.yaml")).training().experts())
                .isEqualTo(Experts.DENSE);
    }
}
