package dev.dragoman.model.layer;

import static dev.dragoman.model.TestDevice.within;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.BothWays;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Join;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(TestDevice.class)
class EncoderTest {
    private static final int WIDTH = 6;
    /** Sentences of 5, 1 and 3 tokens. */
    private static final PaddedIds IDS = PaddedIds.of(new int[][] {{1, 1, 1, 1, 1}, {1}, {1, 1, 1}}, 0);

    private static Kernels kernels;
    private static NDManager manager;

    @BeforeAll
    static void load() {
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 2, 0.01));
        manager = TestDevice.newManager();
    }

    @AfterAll
    static void close() {
        manager.close();
        kernels.close();
    }

    private static NetworkConfiguration configuration(
            @Nullable BothWays bothWays, int cells, int residualFrom, boolean normalised) {
        return new NetworkConfiguration(
                9,
                WIDTH,
                cells,
                3,
                1,
                bothWays != null,
                residualFrom,
                new Attention(Form.PARALLEL, Score.FACTORISED, 4),
                new Mixture(4, 2, 5, List.of(1, 2), List.of(), 0.1, 0.1, 0.01, false),
                true,
                0,
                50,
                bothWays,
                normalised);
    }

    /** Layer by layer: {@code h_l = f(h_{l-1}) + h_{l-1}} from the layer that residual connections begin with, experts likewise. */
    @ParameterizedTest(name = "{0} layers both ways, {1}, {2} cells, residual from layer {3}, normalised: {4}")
    @CsvSource({
        "1, HALVES, 6, 1, false",
        "1, HALVES, 8, 2, false",
        "0, HALVES, 6, 3, false",
        "0, HALVES, 4, 1, true",
        "3, HALVES, 8, 1, true",
        "1, CONCATENATED, 6, 3, false",
        "1, CONCATENATED, 4, 3, true",
        "2, CONCATENATED, 6, 4, false",
        "3, CONCATENATED, 6, 3, true",
        "3, CONCATENATED, 8, 2, false",
        "1, SUMMED, 6, 1, false",
        "2, SUMMED, 4, 2, true"
    })
    void encode_equalsTheLoops(int layersBothWays, Join join, int cells, int residualFrom, boolean normalised) {
        BothWays both = layersBothWays == 0 ? null : new BothWays(layersBothWays, join);
        Encoder encoder = new Encoder(kernels, configuration(both, cells, residualFrom, normalised));
        Map<String, Parameter> parameters = RandomArrays.fill(encoder, manager, new Random(8), 0.5);
        NDArray x = RandomArrays.normal(manager, new Random(9), IDS.length(), IDS.sentences(), WIDTH);

        NDArray memory = encode(encoder, x);

        for (int b = 0; b < IDS.sentences(); b++) {
            int length = IDS.lengths()[b];
            double[][] h = NaiveLstm.sentence(x, b, length);
            for (int layer = 1; layer <= 3; layer++) {
                String path = "layer" + layer + ".";
                double[][] y =
                        layer <= layersBothWays ? bothWays(parameters, path, join, h) : oneWay(parameters, path, h);
                for (int t = 0; t < length; t++) {
                    h[t] = layer >= residualFrom ? NaiveLstm.sum(y[t], h[t]) : y[t];
                    if (layer <= 2) {
                        h[t] = NaiveLstm.sum(new NaiveMixture(parameters, "mixture" + layer + ".", 2).of(h[t]), h[t]);
                    }
                }
            }
            if (join == Join.CONCATENATED && layersBothWays == 3) {
                double[][] projection =
                        NaiveLstm.matrix(parameters.get("projection").getArray());
                Arrays.setAll(h, t -> NaiveLstm.times(projection, h[t]));
            }
            double[][] actual = NaiveLstm.sentence(memory, b, length);
            for (int t = 0; t < length; t++) {
                assertThat(actual[t]).containsExactly(h[t], within(1e-4));
            }
        }
    }

    private static double[][] oneWay(Map<String, Parameter> parameters, String path, double[][] x) {
        NaiveLstm lstm = new NaiveLstm(parameters, path);
        return Arrays.stream(x).map(lstm::step).toArray(double[][]::new);
    }

    private static double[][] bothWays(Map<String, Parameter> parameters, String path, Join join, double[][] x) {
        double[][] ahead = oneWay(parameters, path + "forward.", x);
        double[][] back = reversed(oneWay(parameters, path + "backward.", reversed(x)));
        double[][] result = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            if (join == Join.SUMMED) {
                result[t] = NaiveLstm.sum(ahead[t], back[t]);
            } else {
                int each = ahead[t].length;
                result[t] = Arrays.copyOf(ahead[t], 2 * each);
                System.arraycopy(back[t], 0, result[t], each, each);
            }
        }
        return result;
    }

    private static double[][] reversed(double[][] x) {
        double[][] result = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            result[t] = x[x.length - 1 - t];
        }
        return result;
    }

    @Test
    void encode_whenTraining_reportsEachMixtureBottomToTop() {
        Encoder encoder = new Encoder(kernels, configuration(BothWays.BOTTOM_IN_HALVES, 6, 1, false));
        RandomArrays.fill(encoder, manager, new Random(8), 0.5);
        NDArray x = RandomArrays.normal(manager, new Random(9), IDS.length(), IDS.sentences(), WIDTH);
        TrainingPass training = new TrainingPass();

        encoder.encode(x, SourceArrays.of(manager, IDS), training);

        assertThat(training.loads()).containsOnlyKeys("encoder.mixture1", "encoder.mixture2");
        training.loads().values().forEach(load -> {
            // Padding takes no part: importance sums to the number of real positions.
            float sum = 0;
            for (float importance : load.importance()) {
                sum += importance;
            }
            assertThat(sum).isCloseTo(IDS.tokens(), within(1e-4f));
            assertThat(IntStream.of(load.rows()).sum()).isEqualTo(2 * IDS.tokens());
        });
    }

    @Test
    void namedParameters_areThePathsThatFilesUse() {
        assertThat(new Encoder(kernels, configuration(BothWays.BOTTOM_IN_HALVES, 8, 1, false))
                        .namedParameters()
                        .keySet())
                .contains(
                        "layer1.forward.input",
                        "layer1.backward.projection",
                        "layer2.recurrent",
                        "layer3.bias",
                        "mixture1.gate",
                        "mixture2.output")
                .doesNotContain("layer1.input");
    }

    private static NDArray encode(Encoder encoder, NDArray x) {
        return encoder.encode(x, SourceArrays.of(manager, IDS), null);
    }
}
