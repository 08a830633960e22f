package dev.dragoman.model.layer;

import static dev.dragoman.model.TestDevice.within;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.configuration.NetworkConfiguration.Join;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(TestDevice.class)
class BidirectionalLstmLayerTest {
    private static final int WIDTH = 4;
    /** Sentences of 4, 2 and 3 tokens. */
    private static final PaddedIds IDS = PaddedIds.of(new int[][] {{1, 1, 1, 1}, {1, 1}, {1, 1, 1}}, 0);

    private Kernels kernels;
    private NDManager manager;

    @BeforeEach
    void open() {
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 1, 0));
        manager = TestDevice.newManager();
    }

    @AfterEach
    void close() {
        manager.close();
        kernels.close();
    }

    /** The forward layer's output at a position: of all up to it; the backward one's: of all from the sentence's own last token back to it. */
    @ParameterizedTest(name = "{0} cells, {1}, normalised: {2}")
    @CsvSource({
        "4, HALVES, false",
        "6, HALVES, false",
        "6, HALVES, true",
        "4, CONCATENATED, false",
        "6, CONCATENATED, true",
        "6, SUMMED, false",
        "4, SUMMED, true"
    })
    void sequence_equalsTwoLoops(int cells, Join join, boolean normalised) {
        BidirectionalLstmLayer layer = new BidirectionalLstmLayer(kernels, WIDTH, cells, WIDTH, join, normalised);
        Map<String, Parameter> parameters = RandomArrays.fill(layer, manager, new Random(3), 0.7);
        NDArray x = RandomArrays.normal(manager, new Random(4), IDS.length(), IDS.sentences(), WIDTH);
        double[][] in = NaiveLstm.matrix(x);

        NDArray y = layer.sequence(x, manager.create(IDS.reversal()), false);

        int outputs = join == Join.HALVES ? WIDTH / 2 : WIDTH;
        assertThat(y.getShape())
                .isEqualTo(new Shape(IDS.length(), IDS.sentences(), join == Join.CONCATENATED ? 2 * WIDTH : WIDTH));
        for (int b = 0; b < IDS.sentences(); b++) {
            int length = IDS.lengths()[b];
            NaiveLstm ahead = new NaiveLstm(parameters, "forward.");
            NaiveLstm back = new NaiveLstm(parameters, "backward.");
            double[][] expected = new double[length][(int) y.getShape().get(2)];
            int right = join == Join.SUMMED ? 0 : outputs;
            for (int t = 0; t < length; t++) {
                double[] left = ahead.step(in[t * IDS.sentences() + b]);
                double[] mirrored = back.step(in[(length - 1 - t) * IDS.sentences() + b]);
                for (int r = 0; r < outputs; r++) {
                    expected[t][r] += left[r];
                    expected[length - 1 - t][right + r] += mirrored[r];
                }
            }
            double[][] out = NaiveLstm.sentence(y, b, length);
            for (int t = 0; t < length; t++) {
                assertThat(out[t]).containsExactly(expected[t], within(1e-5));
            }
        }
    }

    @ParameterizedTest(name = "training: {0}, {1}, normalised: {2}")
    @CsvSource({
        "false, HALVES, false",
        "true, HALVES, false",
        "false, CONCATENATED, true",
        "true, CONCATENATED, true",
        "true, SUMMED, true"
    })
    void sequence_paddingChangesNothing(boolean training, Join join, boolean normalised) {
        BidirectionalLstmLayer layer = new BidirectionalLstmLayer(kernels, WIDTH, WIDTH, WIDTH, join, normalised);
        RandomArrays.fill(layer, manager, new Random(3), 0.7);
        float[] x = RandomArrays.normal(new Random(4), IDS.length() * IDS.sentences() * WIDTH);
        float[] clean = realRows(layer, x, training);
        boolean[] real = new boolean[IDS.length() * IDS.sentences()];
        for (long row : IDS.rows()) {
            real[(int) row] = true;
        }
        for (int i = 0; i < x.length; i++) {
            if (!real[i / WIDTH]) {
                x[i] = 1000;
            }
        }
        assertThat(realRows(layer, x, training)).containsExactly(clean);
    }

    private float[] realRows(BidirectionalLstmLayer layer, float[] values, boolean training) {
        NDArray x = manager.create(values).reshape(IDS.length(), IDS.sentences(), WIDTH);
        NDArray y = layer.sequence(x, manager.create(IDS.reversal()), training);
        return y.reshape(-1, y.getShape().get(2))
                .get(manager.create(IDS.rows()))
                .toFloatArray();
    }
}
