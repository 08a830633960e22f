package dev.dragoman.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import dev.dragoman.model.Engines;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderTest {
    private static final int WIDTH = 6;
    /** Sentences of 5, 1 and 3 tokens. */
    private static final PaddedIds IDS = PaddedIds.of(new int[][] {{1, 1, 1, 1, 1}, {1}, {1, 1, 1}}, 0);

    private static Kernels kernels;
    private static NDManager manager;

    @BeforeAll
    static void load() {
        Engines.prepare();
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 2, 0.01));
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
        kernels.close();
    }

    private static NetworkConfiguration configuration(boolean bidirectional, int cells, int residualFrom) {
        return new NetworkConfiguration(
                9,
                WIDTH,
                cells,
                3,
                1,
                bidirectional,
                residualFrom,
                new Attention(Form.PARALLEL, Score.FACTORISED, 4),
                new Mixture(4, 2, 5, List.of(1, 2), List.of(), 0.1, 0.1, 0.01, false),
                true,
                0,
                50);
    }

    /** Layer by layer: {@code h_l = f(h_{l-1}) + h_{l-1}} from the layer that residual connections begin with, experts likewise. */
    @ParameterizedTest(name = "bidirectional: {0}, {1} cells, residual from layer {2}")
    @CsvSource({"true, 6, 1", "true, 8, 2", "false, 6, 3", "false, 4, 1"})
    void encode_equalsTheLoops(boolean bidirectional, int cells, int residualFrom) {
        Encoder encoder = new Encoder(kernels, configuration(bidirectional, cells, residualFrom));
        Map<String, Parameter> parameters = RandomArrays.fill(encoder, manager, new Random(8), 0.5);
        NDArray x = RandomArrays.normal(manager, new Random(9), IDS.length(), IDS.sentences(), WIDTH);

        NDArray memory = encode(encoder, x);

        for (int b = 0; b < IDS.sentences(); b++) {
            int length = IDS.lengths()[b];
            double[][] h = NaiveLstm.sentence(x, b, length);
            for (int layer = 1; layer <= 3; layer++) {
                String path = "layer" + layer + ".";
                double[][] y = layer == 1 && bidirectional ? bothWays(parameters, h) : oneWay(parameters, path, h);
                for (int t = 0; t < length; t++) {
                    h[t] = layer >= residualFrom ? NaiveLstm.sum(y[t], h[t]) : y[t];
                    if (layer <= 2) {
                        h[t] = NaiveLstm.sum(new NaiveMixture(parameters, "mixture" + layer + ".", 2).of(h[t]), h[t]);
                    }
                }
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

    private static double[][] bothWays(Map<String, Parameter> parameters, double[][] x) {
        double[][] ahead = oneWay(parameters, "layer1.forward.", x);
        double[][] back = reversed(oneWay(parameters, "layer1.backward.", reversed(x)));
        double[][] result = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            result[t] = Arrays.copyOf(ahead[t], WIDTH);
            System.arraycopy(back[t], 0, result[t], WIDTH / 2, WIDTH / 2);
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
        Encoder encoder = new Encoder(kernels, configuration(true, 6, 1));
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
        assertThat(new Encoder(kernels, configuration(true, 8, 1))
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
