package dev.dragoman.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import dev.dragoman.model.Engines;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BidirectionalLstmLayerTest {
    private static final int WIDTH = 4;
    /** Sentences of 4, 2 and 3 tokens. */
    private static final PaddedIds IDS = PaddedIds.of(new int[][] {{1, 1, 1, 1}, {1, 1}, {1, 1, 1}}, 0);

    private Kernels kernels;
    private NDManager manager;

    @BeforeEach
    void open() {
        Engines.prepare();
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 1, 0));
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
        kernels.close();
    }

    /** Left half of a position: all up to it; right half: all from the sentence's own last token back to it. */
    @ParameterizedTest(name = "{0} cells")
    @ValueSource(ints = {WIDTH, 6})
    void sequence_equalsTwoLoops(int cells) {
        BidirectionalLstmLayer layer = new BidirectionalLstmLayer(kernels, WIDTH, cells, WIDTH);
        Map<String, Parameter> parameters = RandomArrays.fill(layer, manager, new Random(3), 0.7);
        NDArray x = RandomArrays.normal(manager, new Random(4), IDS.length(), IDS.sentences(), WIDTH);
        double[][] in = NaiveLstm.matrix(x);

        double[][] out = NaiveLstm.matrix(layer.sequence(x, manager.create(IDS.reversal()), false));

        for (int b = 0; b < IDS.sentences(); b++) {
            int length = IDS.lengths()[b];
            NaiveLstm ahead = new NaiveLstm(parameters, "forward.");
            NaiveLstm back = new NaiveLstm(parameters, "backward.");
            for (int t = 0; t < length; t++) {
                int left = t * IDS.sentences() + b;
                int right = (length - 1 - t) * IDS.sentences() + b;
                assertThat(Arrays.copyOfRange(out[left], 0, WIDTH / 2))
                        .containsExactly(ahead.step(in[left]), within(1e-5));
                assertThat(Arrays.copyOfRange(out[right], WIDTH / 2, WIDTH))
                        .containsExactly(back.step(in[right]), within(1e-5));
            }
        }
    }

    @ParameterizedTest(name = "training: {0}")
    @ValueSource(booleans = {false, true})
    void sequence_paddingChangesNothing(boolean training) {
        BidirectionalLstmLayer layer = new BidirectionalLstmLayer(kernels, WIDTH, WIDTH, WIDTH);
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
        return layer.sequence(x, manager.create(IDS.reversal()), training)
                .reshape(-1, WIDTH)
                .get(manager.create(IDS.rows()))
                .toFloatArray();
    }
}
