package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkSize;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipes of published systems are those systems: sizes, gates and schedules as the papers print them. */
class WmtRecipesTest {
    private static TranslationRecipe recipe(String name) {
        return (TranslationRecipe) Recipe.read(Path.of("../recipes", "wmt14-" + name + ".yaml"));
    }

    /**
     * Shazeer et al. 2017 print 85 M operations and 8.7 billion parameters for 2,048 experts, 102 M and 8.7 billion for the multilingual
     * network, and 278 M and 214 M for GNMT: parameters here are those of the papers' matrices less one of two tables of pieces (16.4 M and
     * 32.8 M), since ours is shared by both languages. RNMT+ has 379 M parameters with both.
     */
    @ParameterizedTest
    @CsvSource({
        "en-de, 219.0, 85",
        "en-fr, 219.0, 85",
        "en-de-moe-512, 2232.8, 85",
        "en-fr-moe-512, 2232.8, 85",
        "en-de-moe-2048, 8676.8, 85",
        "en-fr-moe-2048, 8676.8, 85",
        "multilingual, 8675.7, 102",
        "en-de-gnmt, 248.1, 214",
        "en-fr-gnmt, 248.1, 214",
        "en-de-rnmt, 346.0, 313",
        "en-fr-rnmt, 346.0, 313",
    })
    void sizes_areThoseOfThePapers(String name, double millionParameters, double millionOperations) {
        NetworkSize size = NetworkSize.of(recipe(name).network(), 0);
        assertThat(size.total().parameters() / 1e6).isCloseTo(millionParameters, within(0.1));
        assertThat(size.total().multiplyAdds() / 1e6).isCloseTo(millionOperations, within(1.3));
    }

    @ParameterizedTest
    @CsvSource({"en-de, 32, 4, 0", "en-de-moe-512, 512, 2, 16", "en-fr-moe-2048, 2048, 2, 32"})
    void mixtures_areStrictlyBalanced(String name, int experts, int perRow, int groups) {
        NetworkConfiguration.Mixture mixture = recipe(name).network().mixture();
        assertThat(mixture.experts()).isEqualTo(experts);
        assertThat(mixture.perRow()).isEqualTo(perRow);
        assertThat(mixture.gating()).isEqualTo(new Gating(GateKind.STRICTLY_BALANCED, groups));
        assertThat(mixture.hidden()).isEqualTo(2048);
        assertThat(mixture.sigmoid()).isTrue();
        assertThat(recipe(name).network().dropout()).isEqualTo(0.4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"en-de", "en-fr-moe-2048"})
    void schedule_isThatOfAppendixE(String name) {
        Recipe.Training training = recipe(name).training();
        double peak = training.rate(5000);
        assertThat(training.rate(1000)).isCloseTo(peak / 2, within(1e-12));
        assertThat(training.rate(10_000)).isEqualTo(peak);
        assertThat(training.rate(12_000)).isCloseTo(peak * Math.sqrt(10.0 / 12), within(1e-12));
        assertThat((long) training.tokensPerBatch() * training.batchesPerUpdate())
                .isEqualTo(1_024_000);
    }

    @ParameterizedTest
    @CsvSource({"60000, 0.0002", "60001, 0.5", "1200000, 0.5", "1200001, 0.25", "1999999, 0.03125"})
    void schedule_ofGnmt_isThatOfItsPaper(int update, double rate) {
        assertThat(recipe("en-fr-gnmt").training().rate(update)).isCloseTo(rate, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"250, 0.00005", "400000, 0.0001", "1200000, 0.00005"})
    void schedule_ofRnmt_isExponential(int update, double rate) {
        assertThat(recipe("en-de-rnmt").training().rate(update)).isCloseTo(rate, within(1e-9));
    }
}
