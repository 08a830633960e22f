package dev.dragoman.model;

import static dev.dragoman.model.TestDevice.within;
import static dev.dragoman.model.TinyModels.BOS;
import static dev.dragoman.model.TinyModels.EOS;
import static dev.dragoman.model.TinyModels.PAD;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.mixture.ServedMixtures;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps in one call beside the same layer by layer. */
@ExtendWith(TestDevice.class)
class WholeStepsTest {
    private static final int VOCABULARY = 11;
    private static final int[][] SOURCES = {{4, 5, 6, 7, EOS}, {8, EOS}, {9, 10, 4, EOS}};

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = TestDevice.newManager();
    }

    @AfterEach
    void close() {
        if (manager != null) {
            manager.close();
        }
    }

    static Stream<NetworkConfiguration> makes() {
        return Stream.concat(
                Arrays.stream(Form.values())
                        .flatMap(form -> Arrays.stream(Score.values())
                                .map(score -> TinyNetworks.of(VOCABULARY, form, score, true, 12))),
                Stream.of(
                        TinyNetworks.gnmt(VOCABULARY),
                        TinyNetworks.gnmt(VOCABULARY, 1, 2),
                        TinyNetworks.rnmt(VOCABULARY),
                        TinyNetworks.rnmt(VOCABULARY, 1, 3),
                        TinyNetworks.mixed(VOCABULARY),
                        TinyNetworks.ofGroups(VOCABULARY)));
    }

    private TranslationNetwork network(NetworkConfiguration configuration) {
        TranslationNetwork network = TranslationNetwork.of(configuration, Compute.FLOAT32);
        RandomArrays.fill(network, manager, new Random(5), 0.5);
        ServedMixtures.ofParameters(network, true);
        return network;
    }

    /** Rows are fed, moved, dropped and joined by others at random; without mixture layers the numbers are the same to the last bit. */
    @ParameterizedTest
    @MethodSource("makes")
    void steps_areThoseOfTheLayers(NetworkConfiguration configuration) {
        boolean dense = configuration.mixture().decoderAfter().isEmpty();
        Random random = new Random(6);
        try (TranslationNetwork network = network(configuration);
                Decoding whole = EngineDecoding.open(network, manager, PAD, SOURCES);
                Decoding layered = EngineDecoding.open(network, manager, PAD, new LayeredSteps(network), SOURCES)) {
            for (int t = 0; t < 12; t++) {
                int[] ids = random.ints(whole.rows(), 0, VOCABULARY).toArray();
                Decoding.Step one = whole.step(ids, VOCABULARY, true);
                Decoding.Step other = layered.step(ids, VOCABULARY, true);
                float tolerance = dense ? 0 : 1e-5f;
                for (int row = 0; row < ids.length; row++) {
                    assertThat(byId(one, row)).containsExactly(byId(other, row), within(tolerance));
                    assertThat(one.attention()[row]).containsExactly(other.attention()[row], within(tolerance));
                }
                int[] origins =
                        random.ints(1 + random.nextInt(4), 0, ids.length).toArray();
                whole.reorder(origins);
                layered.reorder(origins);
                if (t % 4 == 1) {
                    // Moved twice between two steps.
                    whole.reorder(new int[] {0, 0});
                    layered.reorder(new int[] {0, 0});
                }
                if (t % 4 == 3) {
                    whole.admit(SOURCES);
                    layered.admit(SOURCES);
                }
            }
        }
    }

    /** One call, one copy to the device and one back, whatever the rows do. */
    @ParameterizedTest
    @MethodSource("makes")
    void step_isOneCall_andOneCopyEachWay(NetworkConfiguration configuration) {
        StepExchange exchange = new StepExchange();
        int[][] moves = {{0, 1, 2}, {2, 2, 0}, {0, 1}, {1, 1, 1, 0}};
        try (TranslationNetwork network = network(configuration);
                Decoding decoding = EngineDecoding.open(
                        network,
                        manager,
                        PAD,
                        new WholeSteps(network.kernels(), network.stepWeights().orElseThrow(), exchange, 1),
                        SOURCES)) {
            long calls = network.kernels().calls();
            for (int t = 0; t < moves.length; t++) {
                int[] ids = new int[decoding.rows()];
                Arrays.fill(ids, BOS);
                decoding.step(ids, 3, t == 2);
                decoding.reorder(moves[t]);
                assertThat(network.kernels().calls() - calls).isEqualTo(t + 1);
                assertThat(exchange.sent()).isEqualTo(t + 1);
                assertThat(exchange.received()).isEqualTo(t + 1);
            }
        }
    }

    /** Greedy, with as many steps a call as may be, and sentences that come in and end: the same to the last bit as one by one. */
    @ParameterizedTest
    @MethodSource("makes")
    void severalStepsPerCall_sayWhatOneSays(NetworkConfiguration configuration) {
        StepExchange exchange = new StepExchange();
        try (TranslationNetwork network = network(configuration);
                Decoding several = EngineDecoding.open(
                        network,
                        manager,
                        PAD,
                        new WholeSteps(network.kernels(), network.stepWeights().orElseThrow(), exchange, 8),
                        SOURCES);
                Decoding one = EngineDecoding.open(network, manager, PAD, SOURCES)) {
            int[] ids = {BOS, BOS, BOS};
            for (int t = 0; t < 15; t++) {
                ids = stepBoth(one, several, ids, 0);
            }
            // 1, 2, 4 and 8 steps.
            assertThat(exchange.received()).isEqualTo(4);
            // Another id than the best, then a row less, exchanged rows, and sentences that come in.
            ids = stepBoth(one, several, new int[] {ids[0], 4, 7}, 0);
            ids = stepBoth(one, several, ids, 0);
            for (int[] origins : new int[][] {{2, 1, 0}, {0, 2}, {1, 0, 1}}) {
                one.reorder(origins);
                several.reorder(origins);
                int[] moved = new int[origins.length];
                for (int i = 0; i < origins.length; i++) {
                    moved[i] = ids[origins[i]];
                }
                // Company of other size may round otherwise.
                ids = stepBoth(one, several, moved, 1e-5f);
            }
            one.admit(SOURCES);
            several.admit(SOURCES);
            ids = Arrays.copyOf(ids, 6);
            Arrays.fill(ids, 3, 6, BOS);
            for (int t = 0; t < 6; t++) {
                ids = stepBoth(one, several, ids, 1e-5f);
            }
        }
    }

    private static int[] stepBoth(Decoding one, Decoding several, int[] ids, float tolerance) {
        Decoding.Step expected = one.step(ids, 2, false);
        Decoding.Step actual = several.step(ids, 2, false);
        assertThat(actual.ids()).isEqualTo(expected.ids());
        assertThat(actual.logProbabilities()).containsExactly(expected.logProbabilities(), within(tolerance));
        int[] best = new int[ids.length];
        Arrays.setAll(best, i -> expected.ids()[2 * i]);
        return best;
    }

    /** Experts are counted as they are layer by layer. */
    @ParameterizedTest
    @MethodSource("makes")
    void step_countsExperts(NetworkConfiguration configuration) {
        long[][] rows = new long[2][];
        for (int i = 0; i < 2; i++) {
            try (TranslationNetwork network = network(configuration);
                    Decoding decoding = i == 0
                            ? EngineDecoding.open(network, manager, PAD, SOURCES)
                            : EngineDecoding.open(network, manager, PAD, new LayeredSteps(network), SOURCES)) {
                decoding.step(new int[] {BOS, 5, 7}, 2, false);
                decoding.reorder(new int[] {2, 0});
                decoding.step(new int[] {4, 9}, 2, false);
                rows[i] = ServedMixtures.ofParameters(network, true).usage().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .flatMapToLong(layer -> Arrays.stream(layer.getValue().rows()))
                        .toArray();
            }
        }
        assertThat(rows[0]).isEqualTo(rows[1]);
    }

    @ParameterizedTest
    @MethodSource("makes")
    void expertsElsewhere_orOfOtherGates_areTakenLayerByLayer(NetworkConfiguration configuration) {
        try (TranslationNetwork network = TranslationNetwork.of(configuration, Compute.FLOAT32)) {
            RandomArrays.fill(network, manager, new Random(5), 0.5);
            boolean dense = configuration.mixture().decoderAfter().isEmpty();
            assertThat(configuration.mixture().gating().kind()).isEqualTo(GateKind.NOISY_TOP_K);
            assertThat(network.stepWeights().isPresent()).isEqualTo(dense);
        }
    }

    private static float[] byId(Decoding.Step step, int row) {
        float[] result = new float[VOCABULARY];
        for (int i = row * VOCABULARY; i < (row + 1) * VOCABULARY; i++) {
            result[step.ids()[i]] = step.logProbabilities()[i];
        }
        return result;
    }
}
