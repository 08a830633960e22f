package dev.dragoman.model;

import static dev.dragoman.model.TestDevice.within;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.layer.PaddedIds;
import dev.dragoman.model.layer.SourceArrays;
import dev.dragoman.model.mixture.ExpertLoad;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(TestDevice.class)
class TranslationNetworkTest {
    private static final int VOCABULARY = 11;
    private static final int PAD = 0;
    private static final int BOS = 2;
    private static final int EOS = 3;
    private static final int[][] SOURCES = {{4, 5, 6, 7, EOS}, {8, EOS}, {9, 10, 4, EOS}};
    private static final int[][] TARGETS = {{6, 6, EOS}, {9, 4, 5, 10, 7, EOS}, {EOS}};

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = TestDevice.newManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** Every form, score, direction and width of the recurrent state, and networks of other makes, dense and with mixtures. */
    static Stream<Arguments> variants() {
        List<Arguments> all = new ArrayList<>();
        for (Form form : Form.values()) {
            for (Score score : Score.values()) {
                for (boolean bidirectional : new boolean[] {true, false}) {
                    for (int cells : new int[] {8, 12}) {
                        all.add(Arguments.of(TinyNetworks.of(VOCABULARY, form, score, bidirectional, cells)));
                    }
                }
            }
        }
        others().forEach(configuration -> all.add(Arguments.of(configuration)));
        return all.stream();
    }

    static Stream<NetworkConfiguration> others() {
        return Stream.of(
                TinyNetworks.gnmt(VOCABULARY),
                TinyNetworks.gnmt(VOCABULARY, 1, 2),
                TinyNetworks.rnmt(VOCABULARY),
                TinyNetworks.rnmt(VOCABULARY, 1, 3),
                TinyNetworks.mixed(VOCABULARY));
    }

    private TranslationNetwork network(NetworkConfiguration configuration, Compute compute) {
        return network(configuration, compute, 0.4);
    }

    private TranslationNetwork network(NetworkConfiguration configuration, Compute compute, double scale) {
        TranslationNetwork network = TranslationNetwork.of(configuration, compute);
        RandomArrays.fill(network, manager, new Random(12), scale);
        return network;
    }

    /** What training computes for all time steps at once is what a search sees one token at a time. */
    @ParameterizedTest
    @MethodSource("variants")
    void teacherForcing_equalsStepping(NetworkConfiguration configuration) {
        try (TranslationNetwork network = network(configuration, Compute.FLOAT32);
                Decoding decoding = EngineDecoding.open(network, manager, PAD, SOURCES)) {
            int[][] inputs = inputs();
            float[][][] forced = teacherForced(network, SOURCES, inputs);
            for (int t = 0; t < 6; t++) {
                int[] last = new int[inputs.length];
                for (int b = 0; b < last.length; b++) {
                    last[b] = t < inputs[b].length ? inputs[b][t] : PAD;
                }
                float[][] stepped = byId(decoding.step(last, VOCABULARY, false));
                for (int b = 0; b < last.length; b++) {
                    if (t < inputs[b].length) {
                        assertThat(stepped[b]).containsExactly(forced[b][t], within(1e-4f));
                    }
                }
            }
        }
    }

    /** Company and padding are invisible. */
    @ParameterizedTest
    @MethodSource("variants")
    void teacherForcing_ofABatch_equalsThatOfEachSentence(NetworkConfiguration configuration) {
        try (TranslationNetwork network = network(configuration, Compute.FLOAT32)) {
            float[][][] together = teacherForced(network, SOURCES, inputs());
            double sum = 0;
            for (int b = 0; b < SOURCES.length; b++) {
                float[][][] alone = teacherForced(network, new int[][] {SOURCES[b]}, new int[][] {inputs()[b]});
                for (int t = 0; t < TARGETS[b].length; t++) {
                    assertThat(alone[0][t]).containsExactly(together[b][t], within(1e-5f));
                    sum -= together[b][t][TARGETS[b][t]];
                }
            }
            BatchLoss loss = evaluated(network);
            assertThat(loss.logLikelihood()).isCloseTo(sum, within(1e-4));
            assertThat(loss.tokens()).isEqualTo(10);
            assertThat(loss.total()).isCloseTo(sum / 10, within(1e-5));
        }
    }

    /** The engine is seeded before every evaluation, so that the gates' noise is held while a weight moves. */
    @ParameterizedTest
    @CsvSource({
        "PARALLEL, FACTORISED, true, 8, true",
        "PARALLEL, ADDITIVE, false, 12, false",
        "RECURRENT, FACTORISED, false, 8, false",
        "RECURRENT, ADDITIVE, true, 12, true"
    })
    void gradients_ofEveryParameter_equalFiniteDifferences(
            Form form, Score score, boolean bidirectional, int cells, boolean shared) {
        NetworkConfiguration tiny = TinyNetworks.of(VOCABULARY, form, score, bidirectional, cells);
        NetworkConfiguration configuration = new NetworkConfiguration(
                VOCABULARY,
                tiny.width(),
                cells,
                2,
                2,
                bidirectional,
                2,
                tiny.attention(),
                tiny.mixture(),
                shared,
                0,
                50);
        assertGradients(configuration, 0.4);
    }

    /** Dense ones with greater weights, since those of the attention would otherwise have next to no gradient. */
    @ParameterizedTest
    @MethodSource("others")
    void gradients_ofOtherNetworks_equalFiniteDifferences(NetworkConfiguration configuration) {
        assertGradients(configuration, configuration.mixture().decoderAfter().isEmpty() ? 0.8 : 0.4);
    }

    private void assertGradients(NetworkConfiguration configuration, double scale) {
        Random random = new Random(13);
        try (TranslationNetwork network = network(configuration, Compute.FLOAT32, scale)) {
            Map<String, Parameter> parameters = network.namedParameters();
            AtomicInteger checked = new AtomicInteger();
            noisyLoss(network);
            Map<String, float[]> gradients = new HashMap<>();
            parameters
                    .keySet()
                    .forEach(name -> gradients.put(name, network.gradient(name).toFloatArray()));
            parameters.forEach((name, parameter) -> {
                NDArray array = parameter.getArray();
                float[] gradient = gradients.get(name);
                int steepest = steepest(gradient);
                assertThat(Math.abs(gradient[steepest]))
                        .as(name + " has a gradient")
                        .isGreaterThan(5e-5f);
                int[] places = {steepest, random.nextInt(gradient.length), random.nextInt(gradient.length)};
                for (int place : places) {
                    double[] slopes = slopes(network, array, place);
                    double numeric = (slopes[0] + slopes[1]) / 2;
                    if (Math.abs(slopes[0] - slopes[1]) < 1e-2 + 5e-2 * Math.abs(numeric)) {
                        checked.incrementAndGet();
                        assertThat((double) gradient[place])
                                .as(name + "[" + place + "]")
                                .isCloseTo(numeric, within(2e-3 + 2e-2 * Math.abs(numeric)));
                    }
                }
            });
            // The others lie at a corner: a unit that switches, or a row that changes its expert.
            assertThat(checked.get()).isGreaterThan(2 * parameters.size());
        }
    }

    /** To the left and to the right. */
    private double[] slopes(TranslationNetwork network, NDArray array, int place) {
        float step = 2e-3f;
        float[] at = array.toFloatArray();
        double[] values = new double[3];
        for (int i = 0; i < 3; i++) {
            float[] moved = at.clone();
            moved[place] += (i - 1) * step;
            array.set(moved);
            values[i] = noisyLoss(network);
        }
        array.set(at);
        return new double[] {(values[1] - values[0]) / step, (values[2] - values[1]) / step};
    }

    private double noisyLoss(TranslationNetwork network) {
        manager.getEngine().setRandomSeed(100);
        return trained(network, 0.1).total();
    }

    private static int steepest(float[] gradient) {
        int best = 0;
        for (int i = 1; i < gradient.length; i++) {
            if (Math.abs(gradient[i]) > Math.abs(gradient[best])) {
                best = i;
            }
        }
        return best;
    }

    static Stream<NetworkConfiguration> forms() {
        return Stream.concat(
                Arrays.stream(Form.values()).map(form -> TinyNetworks.of(VOCABULARY, form, Score.FACTORISED, true, 12)),
                others());
    }

    @ParameterizedTest
    @MethodSource("forms")
    void bfloat16_isCloseToFloat32_inLossAndGradient(NetworkConfiguration configuration) {
        float[][] gradients = new float[2][];
        double[] losses = new double[2];
        for (int i = 0; i < 2; i++) {
            try (TranslationNetwork network = network(configuration, i == 0 ? Compute.FLOAT32 : Compute.BFLOAT16)) {
                losses[i] = noisyLoss(network);
                gradients[i] = flat(network);
            }
        }
        // A bfloat16 has 8 bits of mantissa.
        assertThat(losses[1]).isCloseTo(losses[0], within(losses[0] / 100));
        assertThat(losses[1]).isNotEqualTo(losses[0]);
        double dot = 0;
        double[] norms = new double[2];
        for (int i = 0; i < gradients[0].length; i++) {
            dot += (double) gradients[0][i] * gradients[1][i];
            norms[0] += (double) gradients[0][i] * gradients[0][i];
            norms[1] += (double) gradients[1][i] * gradients[1][i];
        }
        assertThat(dot / Math.sqrt(norms[0] * norms[1]))
                .as("cosine of the gradients")
                .isGreaterThan(0.99);
        assertThat(norms[1] / norms[0]).isCloseTo(1, within(0.1));
    }

    private static float[] flat(TranslationNetwork network) {
        NDList all = new NDList();
        network.namedParameters()
                .keySet()
                .forEach(name -> all.add(network.gradient(name).flatten()));
        return NDArrays.concat(all).toFloatArray();
    }

    @Test
    void loss_whenTraining_addsEveryMixturesBalance() {
        try (TranslationNetwork network = network(TinyNetworks.parallel(VOCABULARY), Compute.FLOAT32)) {
            manager.getEngine().setRandomSeed(1);
            BatchLoss loss = trained(network, 0);
            assertThat(loss.loads().keySet()).containsExactly("encoder.mixture1", "decoder.mixture1");
            double balance = 0;
            for (ExpertLoad load : loss.loads().values()) {
                balance += 0.1 * Math.pow(load.importanceCv(), 2) + 0.1 * Math.pow(load.loadCv(), 2);
            }
            assertThat(balance).isPositive();
            assertThat(loss.total()).isCloseTo(loss.logLikelihood() / loss.tokens() + balance, within(1e-5));
            // k = 2 experts for each of the real positions of source and target, without noise.
            Map<String, ExpertLoad> served = evaluated(network).loads();
            assertThat(IntStream.of(served.get("encoder.mixture1").rows()).sum())
                    .isEqualTo(2
                            * Arrays.stream(SOURCES).mapToInt(ids -> ids.length).sum());
            assertThat(IntStream.of(served.get("decoder.mixture1").rows()).sum())
                    .isEqualTo(2 * loss.tokens());
        }
    }

    /** Fresh weights know nothing: the loss is near that of guessing, and the same for the same seed. */
    @Test
    void initialize_isReproducibleAndUninformed() {
        double[] losses = new double[3];
        int[] seeds = {5, 5, 6};
        for (int i = 0; i < losses.length; i++) {
            try (TranslationNetwork network =
                    TranslationNetwork.of(TinyNetworks.parallel(VOCABULARY), Compute.FLOAT32)) {
                manager.getEngine().setRandomSeed(seeds[i]);
                network.initialize(manager);
                losses[i] = evaluated(network).total();
            }
        }
        assertThat(losses[1]).isEqualTo(losses[0]);
        assertThat(losses[2]).isNotEqualTo(losses[0]);
        for (double loss : losses) {
            assertThat(loss).isBetween(0.5 * Math.log(VOCABULARY), 3 * Math.log(VOCABULARY));
        }
    }

    @Test
    void dropout_changesTrainingOnly() {
        NetworkConfiguration tiny = TinyNetworks.parallel(VOCABULARY);
        NetworkConfiguration dropping = new NetworkConfiguration(
                VOCABULARY, 8, 8, 2, 2, true, 1, tiny.attention(), tiny.mixture(), true, 0.5, 50);
        try (TranslationNetwork without = network(tiny, Compute.FLOAT32);
                TranslationNetwork with = network(dropping, Compute.FLOAT32)) {
            assertThat(evaluated(with).total()).isEqualTo(evaluated(without).total());
            assertThat(noisyLoss(with)).isNotEqualTo(noisyLoss(without)).isEqualTo(noisyLoss(with));
        }
    }

    /** Targets shifted by one: the decoder reads what stands before the token that it shall predict. */
    private static int[][] inputs() {
        return Arrays.stream(TARGETS)
                .map(target -> {
                    int[] input = new int[target.length];
                    input[0] = BOS;
                    System.arraycopy(target, 0, input, 1, target.length - 1);
                    return input;
                })
                .toArray(int[][]::new);
    }

    private static TokenBatch batch() {
        return new TokenBatch(PaddedIds.of(SOURCES, PAD), PaddedIds.of(inputs(), PAD), PaddedIds.of(TARGETS, PAD));
    }

    private BatchLoss trained(TranslationNetwork network, double smoothing) {
        try (NDManager scratch = manager.newSubManager()) {
            return network.train(scratch, batch(), smoothing);
        }
    }

    private BatchLoss evaluated(TranslationNetwork network) {
        try (NDManager scratch = manager.newSubManager()) {
            return network.evaluate(scratch, batch());
        }
    }

    /** Log-probabilities of every piece, {@code [sentence][step][id]}. */
    private float[][][] teacherForced(TranslationNetwork network, int[][] sources, int[][] targetInputs) {
        PaddedIds source = PaddedIds.of(sources, PAD);
        PaddedIds target = PaddedIds.of(targetInputs, PAD);
        SourceArrays arrays = SourceArrays.of(manager, source);
        NDArray ids = manager.create(target.timeMajor(), new Shape(target.length(), target.sentences()));
        NDArray top = network.forward(
                        new NDList(
                                arrays.ids(),
                                arrays.rows(),
                                arrays.reversal(),
                                arrays.mask(),
                                ids,
                                manager.create(target.rows())),
                        false)
                .get(0);
        NDList best = network.best(top.reshape(-1, network.configuration().softmaxWidth()), VOCABULARY);
        long[] bestIds = best.get(1).toLongArray();
        float[] values = best.get(0).toFloatArray();
        float[][][] result = new float[target.sentences()][target.length()][VOCABULARY];
        for (int i = 0; i < values.length; i++) {
            int row = i / VOCABULARY;
            result[row % target.sentences()][row / target.sentences()][(int) bestIds[i]] = values[i];
        }
        return result;
    }

    private static float[][] byId(Decoding.Step step) {
        float[][] result = new float[step.ids().length / VOCABULARY][VOCABULARY];
        for (int i = 0; i < step.ids().length; i++) {
            result[i / VOCABULARY][step.ids()[i]] = step.logProbabilities()[i];
        }
        return result;
    }
}
