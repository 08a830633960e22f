package dev.dragoman.model.layer;

import static dev.dragoman.model.TestDevice.within;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.ContextTo;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(TestDevice.class)
class DecoderTest {
    private static final int WIDTH = 6;
    /** Sources of 4 and 2 tokens. */
    private static final PaddedIds SOURCE = PaddedIds.of(new int[][] {{1, 1, 1, 1}, {1, 1}}, 0);
    /** Targets of 3 and 5 tokens. */
    private static final PaddedIds TARGET = PaddedIds.of(new int[][] {{1, 1, 1}, {1, 1, 1, 1, 1}}, 0);

    private static final int SENTENCES = 2;

    private static Kernels kernels;
    private static Kernels ofTwoHeads;
    private static NDManager manager;

    @BeforeAll
    static void load() {
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 2, 0.01));
        ofTwoHeads = Kernels.load(new KernelSettings(Compute.FLOAT32, Compute.FLOAT32, 0, 2, 0.01, 2));
        manager = TestDevice.newManager();
    }

    @AfterAll
    static void close() {
        manager.close();
        kernels.close();
        ofTwoHeads.close();
    }

    private static NetworkConfiguration configuration(Form form, Score score, int cells, int residualFrom) {
        return configuration(new Attention(form, score, 4), cells, residualFrom, false);
    }

    private static NetworkConfiguration configuration(
            Attention attention, int cells, int residualFrom, boolean normalised) {
        return new NetworkConfiguration(
                9,
                WIDTH,
                cells,
                1,
                3,
                false,
                residualFrom,
                attention,
                new Mixture(4, 2, 5, List.of(), List.of(1, 2), 0.1, 0.1, 0.01, false),
                false,
                0,
                50,
                null,
                normalised);
    }

    /** Teacher forcing over the whole batch, and stepping through it, against loops over one sentence's single numbers. */
    @ParameterizedTest(
            name = "{0}, {1}, {2} cells, residual from layer {3}, {4} heads, context to {5}, normalised: {6}")
    @CsvSource({
        "PARALLEL, FACTORISED, 6, 1, 1, FIRST_LAYER, false",
        "PARALLEL, ADDITIVE, 8, 2, 1, FIRST_LAYER, false",
        "PARALLEL, ADDITIVE, 6, 3, 2, LAYERS, false",
        "PARALLEL, FACTORISED, 8, 1, 1, LAYERS_AND_SOFTMAX, true",
        "RECURRENT, FACTORISED, 4, 3, 1, FIRST_LAYER, false",
        "RECURRENT, ADDITIVE, 6, 1, 1, FIRST_LAYER, false",
        "RECURRENT, ADDITIVE, 6, 3, 1, LAYERS, false",
        "RECURRENT, FACTORISED, 8, 2, 2, LAYERS, true",
        "RECURRENT, ADDITIVE, 6, 1, 2, FIRST_LAYER, true",
        "RECURRENT, ADDITIVE, 4, 3, 2, LAYERS_AND_SOFTMAX, false",
        "INPUT_FEEDING, ADDITIVE, 6, 1, 1, FIRST_LAYER, false",
        "INPUT_FEEDING, FACTORISED, 8, 2, 1, LAYERS, false",
        "INPUT_FEEDING, ADDITIVE, 6, 3, 2, LAYERS_AND_SOFTMAX, true",
        "INPUT_FEEDING, ADDITIVE, 4, 3, 2, LAYERS_AND_SOFTMAX, true"
    })
    void decode_andStep_equalTheLoops(
            Form form, Score score, int cells, int residualFrom, int heads, ContextTo contextTo, boolean normalised) {
        NetworkConfiguration configuration =
                configuration(new Attention(form, score, 4, heads, contextTo), cells, residualFrom, normalised);
        Decoder decoder = new Decoder(heads == 1 ? kernels : ofTwoHeads, configuration);
        Map<String, Parameter> parameters = RandomArrays.fill(decoder, manager, new Random(8), 0.5);
        NDArray x = RandomArrays.normal(manager, new Random(9), TARGET.length(), SENTENCES, WIDTH);
        NDArray memory = RandomArrays.normal(manager, new Random(10), SOURCE.length(), SENTENCES, WIDTH);
        EncodedSource source = source(decoder, memory);

        NDArray top = decoder.decode(x, source, manager.create(TARGET.rows()), null);
        NDArray stepped = stepThrough(decoder, x, source);

        for (int b = 0; b < SENTENCES; b++) {
            int length = TARGET.lengths()[b];
            double[][] expected = naive(
                    configuration,
                    parameters,
                    NaiveLstm.sentence(memory, b, SOURCE.lengths()[b]),
                    NaiveLstm.sentence(x, b, length));
            for (int t = 0; t < length; t++) {
                assertThat(NaiveLstm.sentence(top, b, length)[t]).containsExactly(expected[t], within(1e-4));
                assertThat(NaiveLstm.sentence(stepped, b, length)[t]).containsExactly(expected[t], within(1e-4));
            }
        }
    }

    private static double[][] naive(
            NetworkConfiguration configuration, Map<String, Parameter> parameters, double[][] memory, double[][] x) {
        Attention configured = configuration.attention();
        NaiveAttention attention = new NaiveAttention(parameters, "attention.", configured.score(), configured.heads());
        List<NaiveLstm> layers = new ArrayList<>();
        for (int layer = 1; layer <= 3; layer++) {
            layers.add(new NaiveLstm(parameters, "layer" + layer + "."));
        }
        double[][] result = new double[x.length][];
        double[] context = new double[WIDTH];
        for (int t = 0; t < x.length; t++) {
            NaiveLstm first = layers.get(0);
            if (configured.form() == Form.RECURRENT) {
                context = attention.context(memory, first.output());
            }
            double[] y = first.step(configured.form() == Form.PARALLEL ? x[t] : beside(x[t], context));
            double[] h = configuration.residualFrom() == 1 ? NaiveLstm.sum(y, x[t]) : y;
            if (configured.form() != Form.RECURRENT) {
                context = attention.context(memory, configured.form() == Form.PARALLEL ? h : y);
            }
            if (configured.form() == Form.PARALLEL && !configured.contextTo().layers()) {
                double[][] weight = NaiveLstm.matrix(parameters.get("context").getArray());
                h = NaiveLstm.sum(h, NaiveLstm.times(weight, context));
            }
            h = NaiveLstm.sum(new NaiveMixture(parameters, "mixture1.", 2).of(h), h);
            for (int layer = 2; layer <= 3; layer++) {
                y = layers.get(layer - 1).step(configured.contextTo().layers() ? beside(h, context) : h);
                h = layer >= configuration.residualFrom() ? NaiveLstm.sum(y, h) : y;
                if (layer == 2) {
                    h = NaiveLstm.sum(new NaiveMixture(parameters, "mixture2.", 2).of(h), h);
                }
            }
            result[t] = configured.contextTo().softmax() ? beside(h, context) : h;
        }
        return result;
    }

    private static double[] beside(double[] x, double[] context) {
        double[] both = Arrays.copyOf(x, x.length + context.length);
        System.arraycopy(context, 0, both, x.length, context.length);
        return both;
    }

    private static NDArray stepThrough(Decoder decoder, NDArray x, EncodedSource source) {
        NDList state = decoder.initialState(manager, SENTENCES);
        NDList tops = new NDList();
        for (int t = 0; t < TARGET.length(); t++) {
            Decoder.Step step = decoder.step(x.get(new NDIndex("{}:{}", t, t + 1)), source, state);
            assertThat(step.attention().getShape()).isEqualTo(new Shape(SENTENCES, SOURCE.length()));
            assertThat(step.attention().sum().getFloat()).isCloseTo(SENTENCES, within(1e-5f));
            state = step.state();
            tops.add(step.top().expandDims(0));
        }
        return NDArrays.concat(tops, 0);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void initialState_isZero_outputsAndCellsOfEachLayer(Form form) {
        Decoder decoder = new Decoder(kernels, configuration(form, Score.ADDITIVE, 8, 1));
        NDList state = decoder.initialState(manager, 5);
        // Where the first layer is fed its last context, that too.
        assertThat(state).hasSize(form == Form.INPUT_FEEDING ? 7 : 6);
        for (int i = 0; i < state.size(); i++) {
            assertThat(state.get(i).getShape()).isEqualTo(new Shape(5, i % 2 == 0 ? WIDTH : 8));
            assertThat(state.get(i).toFloatArray()).containsOnly(0f);
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void decode_whenTraining_reportsEachMixtureBottomToTop(Form form) {
        Decoder decoder = new Decoder(kernels, configuration(form, Score.ADDITIVE, 6, 1));
        RandomArrays.fill(decoder, manager, new Random(8), 0.5);
        NDArray x = RandomArrays.normal(manager, new Random(9), TARGET.length(), SENTENCES, WIDTH);
        NDArray memory = RandomArrays.normal(manager, new Random(10), SOURCE.length(), SENTENCES, WIDTH);
        TrainingPass training = new TrainingPass();

        decoder.decode(x, source(decoder, memory), manager.create(TARGET.rows()), training);

        assertThat(training.loads().keySet()).containsExactly("decoder.mixture1", "decoder.mixture2");
        training.loads().values().forEach(load -> {
            float sum = 0;
            for (float importance : load.importance()) {
                sum += importance;
            }
            assertThat(sum).isCloseTo(TARGET.tokens(), within(1e-4f));
        });
    }

    private static EncodedSource source(Decoder decoder, NDArray memory) {
        return decoder.attendTo(memory, manager.create(SOURCE.mask(), new Shape(SENTENCES, SOURCE.length())), false);
    }
}
