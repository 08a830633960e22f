package dev.dragoman.model.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.nn.Parameter;
import dev.dragoman.model.Engines;
import dev.dragoman.model.LanguageModel;
import dev.dragoman.model.TinyNetworks;
import dev.dragoman.model.TranslationNetwork;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.BothWays;
import dev.dragoman.model.configuration.NetworkConfiguration.ContextTo;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Join;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules count what the networks really hold. */
class NetworkSizeTest {
    @BeforeAll
    static void prepare() {
        Engines.prepare();
    }

    private static void assertCounts(NetworkSize size, Map<String, Parameter> parameters) {
        assertThat(size.embedding().parameters()).isEqualTo(held(parameters, path -> path.startsWith("embedding.")));
        assertThat(size.softmax().parameters()).isEqualTo(held(parameters, path -> path.startsWith("softmax.")));
        assertThat(size.attention().parameters()).isEqualTo(held(parameters, path -> path.contains("attention.")));
        assertThat(size.experts().parameters()).isEqualTo(held(parameters, NetworkSizeTest::expert));
        assertThat(size.gates().parameters())
                .isEqualTo(held(parameters, path -> path.contains("mixture") && !expert(path)));
        assertThat(size.total().parameters()).isEqualTo(held(parameters, path -> true));
        assertThat(size.total().used()).isLessThanOrEqualTo(size.total().parameters());
    }

    private static boolean expert(String path) {
        return path.contains("mixture") && (path.endsWith(".hidden") || path.endsWith(".output"));
    }

    private static long held(Map<String, Parameter> parameters, Predicate<String> which) {
        return parameters.entrySet().stream()
                .filter(one -> which.test(one.getKey()))
                .mapToLong(one -> one.getValue().getShape().size())
                .sum();
    }

    private static void assertCounts(NetworkConfiguration configuration) {
        try (TranslationNetwork network = TranslationNetwork.of(configuration, Compute.FLOAT32)) {
            assertCounts(NetworkSize.of(configuration, 0), network.namedParameters());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PARALLEL, FACTORISED, true, 8",
        "PARALLEL, ADDITIVE, false, 12",
        "RECURRENT, FACTORISED, true, 12",
        "RECURRENT, ADDITIVE, false, 8",
    })
    void of_countsTheParametersOfATranslationNetwork(Form form, Score score, boolean bidirectional, int cells) {
        assertCounts(TinyNetworks.of(11, form, score, bidirectional, cells));
    }

    @Test
    void of_countsEveryLayer() {
        NetworkConfiguration tiny = TinyNetworks.of(11, Form.RECURRENT, Score.ADDITIVE, true, 12);
        Mixture mixture = new Mixture(6, 3, 5, List.of(1, 3), List.of(2), 0.1, 0.1, 0.01, false);
        assertCounts(new NetworkConfiguration(11, 8, 12, 3, 4, true, 1, tiny.attention(), mixture, false, 0, 50));
        assertCounts(
                new NetworkConfiguration(11, 8, 12, 1, 1, false, 1, tiny.attention(), withoutLayers(), true, 0, 50));
    }

    @Test
    void of_countsTheParametersOfOtherMakes() {
        assertCounts(TinyNetworks.gnmt(11));
        assertCounts(TinyNetworks.gnmt(11, 1, 2));
        assertCounts(TinyNetworks.rnmt(11));
        assertCounts(TinyNetworks.rnmt(11, 1, 3));
        assertCounts(TinyNetworks.mixed(11));
    }

    private static Mixture withoutLayers() {
        return new Mixture(4, 2, 5, List.of(), List.of(), 0, 0, 0, false);
    }

    @Test
    void of_aDenseNetworkReadsAllOfItself() {
        NetworkConfiguration tiny = TinyNetworks.of(11, Form.PARALLEL, Score.FACTORISED, true, 12);
        LayerSize total = NetworkSize.of(
                        new NetworkConfiguration(
                                11, 8, 12, 2, 2, true, 1, tiny.attention(), withoutLayers(), true, 0, 50),
                        0)
                .total();
        assertThat(total.used()).isEqualTo(total.parameters());
    }

    @Test
    void of_attentionGrowsWithTheSource() {
        NetworkConfiguration tiny = TinyNetworks.parallel(11);
        LayerSize none = NetworkSize.of(tiny, 0).total();
        LayerSize some = NetworkSize.of(tiny, 5).total();
        assertThat(some.parameters()).isEqualTo(none.parameters());
        assertThat(some.multiplyAdds() - none.multiplyAdds())
                .isEqualTo(5L * (tiny.width() + tiny.attention().size()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkSize.of(tiny, -1))
                .withMessage("sourceTokens must be at least 0, but is -1");
    }

    private static Mixture mixture(
            int experts, int perRow, int hidden, GateKind kind, int groups, Integer... encoderAfter) {
        return new Mixture(
                experts,
                perRow,
                hidden,
                List.of(encoderAfter),
                List.of(1),
                0.1,
                0.1,
                0,
                true,
                new Gating(kind, groups));
    }

    @ParameterizedTest
    @CsvSource({
        "SOFTMAX,           4, 2, 0",
        "NOISY_TOP_K,       4, 2, 0",
        "NOISY_TOP_K,       6, 2, 3",
        "STRICTLY_BALANCED, 4, 2, 0",
        "STRICTLY_BALANCED, 6, 2, 3",
        "STRICTLY_BALANCED, 6, 1, 2",
    })
    void of_countsTheParametersOfEveryGate(GateKind kind, int experts, int perRow, int groups) {
        NetworkConfiguration tiny = TinyNetworks.parallel(11);
        Mixture mixture = mixture(experts, perRow, 5, kind, groups, 2);
        assertCounts(new NetworkConfiguration(11, 8, 8, 2, 2, true, 1, tiny.attention(), mixture, true, 0, 50));
        assertCounts(new LanguageModelConfiguration(
                11, 8, 12, 2, 1, mixture(experts, perRow, 5, kind, groups), true, 0, 50));
    }

    private static void assertCounts(LanguageModelConfiguration configuration) {
        try (LanguageModel network = LanguageModel.of(configuration, Compute.FLOAT32)) {
            assertCounts(NetworkSize.of(configuration), network.namedParameters());
        }
    }

    @Test
    void of_countsTheParametersOfALanguageModel() {
        Mixture mixture = mixture(4, 2, 5, GateKind.NOISY_TOP_K, 0);
        assertCounts(new LanguageModelConfiguration(11, 8, 8, 1, 1, mixture, false, 0, 50));
        assertCounts(new LanguageModelConfiguration(11, 8, 12, 3, 1, mixture, true, 0, 50));
        assertCounts(new LanguageModelConfiguration(11, 8, 12, 3, 1, withoutLayers(), true, 0, 50));
        assertCounts(new LanguageModelConfiguration(11, 8, 12, 3, 1, mixture, true, 0, 50, true));
    }

    @Test
    void of_usesOnlyTheChosen() {
        Mixture flat = mixture(6, 2, 5, GateKind.STRICTLY_BALANCED, 0);
        Mixture grouped = mixture(6, 2, 5, GateKind.STRICTLY_BALANCED, 3);
        Mixture all = mixture(6, 2, 5, GateKind.SOFTMAX, 0);
        int expert = 2 * 8 * 5;
        assertThat(languageModel(flat).experts().used()).isEqualTo(2 * expert);
        assertThat(languageModel(grouped).experts().used()).isEqualTo(4 * expert);
        assertThat(languageModel(all).experts().used()).isEqualTo(6 * expert);
        // A column and a threshold for every group, then for both experts of the two chosen ones.
        assertThat(languageModel(grouped).gates()).isEqualTo(new LayerSize(9 * 8, 9, 7 * 8 + 7, 7 * 8));
    }

    private static NetworkSize languageModel(Mixture mixture) {
        return NetworkSize.of(new LanguageModelConfiguration(11, 8, 8, 2, 1, mixture, false, 0, 50));
    }

    /** docs/scaling.md counts the same network. */
    @Test
    void of_thePapersLargestLanguageModel() {
        NetworkSize size = NetworkSize.of(new LanguageModelConfiguration(
                100_000, 512, 512, 2, 1, mixture(131_072, 2, 1024, GateKind.NOISY_TOP_K, 256), false, 0.1, 100));
        assertThat(size.body().matrices()).isEqualTo(137_577_627_648L); // printed as 137577.6 million
        assertThat(size.body().multiplyAdds()).isEqualTo(9_699_328); // printed as 9.7 million
        assertThat(size.total().parameters()).isEqualTo(137_680_131_744L);
        assertThat(size.total().used()).isEqualTo(61_003_936);
    }

    /**
     * GNMT of Wu et al. 2016: 278.7 M numbers in matrices with a table of pieces for each side, of which there is one here, and without the
     * attention's; 213 M operations, printed as 214 M and 212 M.
     */
    @Test
    void of_gnmt() {
        NetworkSize size = NetworkSize.of(
                new NetworkConfiguration(
                        32_000,
                        1024,
                        1024,
                        8,
                        8,
                        true,
                        3,
                        new Attention(Form.RECURRENT, Score.ADDITIVE, 1024, 1, ContextTo.LAYERS),
                        withoutLayers(),
                        false,
                        0.2,
                        100,
                        new BothWays(1, Join.CONCATENATED),
                        false),
                0);
        long encoder = 2 * 8_388_608L + 12_582_912 + 6 * 8_388_608L;
        assertThat(size.recurrent().matrices()).isEqualTo(encoder + 8 * 12_582_912L);
        long published = size.recurrent().matrices()
                + size.softmax().matrices()
                + 2 * size.embedding().matrices();
        assertThat(Math.round(published / 1e5)).isEqualTo(2787);
        assertThat(size.attention().matrices()).isEqualTo(2 * 1_048_576);
        long operations = size.recurrent().multiplyAdds() + size.softmax().multiplyAdds();
        assertThat(Math.round(operations / 1e5)).isEqualTo(2131);
    }

    /**
     * RNMT+ of Chen et al. 2018: six encoder layers both ways, the upper five on both outputs of the one below, a matrix above them; a
     * softmax over output and context.
     */
    @Test
    void of_rnmt() {
        NetworkSize size = NetworkSize.of(
                new NetworkConfiguration(
                        32_000,
                        1024,
                        1024,
                        6,
                        8,
                        true,
                        3,
                        new Attention(Form.INPUT_FEEDING, Score.ADDITIVE, 1024, 4, ContextTo.LAYERS_AND_SOFTMAX),
                        withoutLayers(),
                        false,
                        0.3,
                        100,
                        new BothWays(6, Join.CONCATENATED),
                        true),
                0);
        long encoder = 2 * 8_388_608L + 10 * 12_582_912L + 2 * 1_048_576L;
        assertThat(size.recurrent().matrices()).isEqualTo(encoder + 8 * 12_582_912L);
        // A bias and a gain for each of 20 LSTMs.
        assertThat(size.recurrent().vectors()).isEqualTo(20 * 2 * 4096);
        assertThat(size.softmax().matrices()).isEqualTo(32_000 * 2048);
        long withBothTables = size.total().parameters() + size.embedding().matrices();
        assertThat(Math.round(withBothTables / 1e5)).isEqualTo(3787);
    }

    /** Section 13's alternatives for the encoder of appendix E: three layers one way, or a forward and a backward one, added, and one above. */
    @Test
    void of_thePapersEncoder_isOfOneSizeEitherWay() {
        NetworkConfiguration three = appendixE(3, false, null);
        NetworkConfiguration bothWays = appendixE(2, true, new BothWays(1, Join.SUMMED));
        assertThat(NetworkSize.of(bothWays, 0)).isEqualTo(NetworkSize.of(three, 0));
    }

    /** With the context to the second decoder layer too: 89.5 M operations, where 85 M are published. */
    @Test
    void of_thePapersDecoder_withTheContextToBothLayers() {
        NetworkConfiguration first = appendixE(3, false, null);
        NetworkConfiguration both = NetworkConfigurationTest.with(
                first, "attention", NetworkConfigurationTest.with(first.attention(), "contextTo", ContextTo.LAYERS));
        assertThat(NetworkSize.of(both, 0).total().multiplyAdds()
                        - NetworkSize.of(first, 0).total().multiplyAdds())
                .isEqualTo(4L * 2048 * 512);
    }

    private static NetworkConfiguration appendixE(
            int encoderLayers, boolean bidirectional, @Nullable BothWays bothWays) {
        return new NetworkConfiguration(
                32_000,
                512,
                2048,
                encoderLayers,
                2,
                bidirectional,
                1,
                new Attention(Form.RECURRENT, Score.FACTORISED, 512),
                mixture(2048, 2, 2048, GateKind.STRICTLY_BALANCED, 32, encoderLayers - 1),
                false,
                0.4,
                100,
                bothWays,
                false);
    }

    /** Appendix E's networks: 85 M operations, or 102 M with twelve language pairs; one table of pieces where the paper has two. docs/scaling.md counts
     * the first. */
    @ParameterizedTest
    @CsvSource({
        "2048, 2, 2048, STRICTLY_BALANCED, 32,  85, 8676814656,  85304384",
        " 512, 2, 8192, NOISY_TOP_K,        0, 102, 8675729152, 102966016",
    })
    void of_thePapersTranslationSystems(
            int experts,
            int perRow,
            int hidden,
            GateKind kind,
            int groups,
            long operations,
            long parameters,
            long used) {
        NetworkConfiguration paper = new NetworkConfiguration(
                32_000,
                512,
                2048,
                3,
                2,
                false,
                1,
                new Attention(Form.RECURRENT, Score.FACTORISED, 512),
                mixture(experts, perRow, hidden, kind, groups, 2),
                false,
                0.4,
                100);
        NetworkSize size = NetworkSize.of(paper, 0);
        assertThat(size.recurrent().matrices()).isEqualTo(5 * 9_437_184L + 4L * 2048 * 512);
        assertThat(size.experts().matrices()).isEqualTo(8_589_934_592L);
        long published = size.total().multiplyAdds() - size.attention().multiplyAdds();
        assertThat(Math.round(published / 1e6)).isEqualTo(operations);
        assertThat(size.total().parameters()).isEqualTo(parameters);
        assertThat(size.total().used()).isEqualTo(used);
    }
}
