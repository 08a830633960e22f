package dev.dragoman.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.Engines;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LstmLayerTest {
    private static final int STEPS = 5;
    private static final int SENTENCES = 3;
    private static final int INPUTS = 4;

    private static Kernels kernels;
    private static NDManager manager;

    @BeforeAll
    static void load() {
        Engines.prepare();
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 1, 0));
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
        kernels.close();
    }

    @ParameterizedTest(name = "{0} cells, {1} outputs")
    @CsvSource({"6, 6", "6, 4", "3, 5"})
    void sequence_equalsTheLoop(int cells, int outputs) {
        LstmLayer layer = new LstmLayer(kernels, INPUTS, cells, outputs);
        Map<String, Parameter> parameters = RandomArrays.fill(layer, manager, new Random(cells), 0.7);
        assertThat(parameters.keySet())
                .containsExactlyElementsOf(
                        cells == outputs
                                ? List.of("input", "recurrent", "bias")
                                : List.of("input", "recurrent", "bias", "projection"));
        NDArray x = RandomArrays.normal(manager, new Random(1), STEPS, SENTENCES, INPUTS);

        for (boolean training : new boolean[] {false, true}) {
            NDArray y = layer.sequence(x, training);
            assertThat(y.getShape()).isEqualTo(new Shape(STEPS, SENTENCES, outputs));
            double[][] rows = NaiveLstm.matrix(y);
            double[][] in = NaiveLstm.matrix(x);
            for (int b = 0; b < SENTENCES; b++) {
                NaiveLstm naive = new NaiveLstm(parameters, "");
                for (int t = 0; t < STEPS; t++) {
                    int at = t * SENTENCES + b;
                    assertThat(rows[at]).containsExactly(naive.step(in[at]), within(1e-5));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} cells, {1} outputs")
    @CsvSource({"6, 6", "6, 4"})
    void step_byStep_equalsTheSequence(int cells, int outputs) {
        LstmLayer layer = new LstmLayer(kernels, INPUTS, cells, outputs);
        RandomArrays.fill(layer, manager, new Random(cells), 0.7);
        NDArray x = RandomArrays.normal(manager, new Random(1), STEPS, SENTENCES, INPUTS);
        NDArray y = layer.sequence(x, false);

        NDArray output = manager.zeros(new Shape(SENTENCES, layer.outputs()));
        NDArray cell = manager.zeros(new Shape(SENTENCES, layer.cells()));
        for (int t = 0; t < STEPS; t++) {
            NDList next = layer.step(x.get(new NDIndex("{}", t)), output, cell);
            output = next.get(0);
            cell = next.get(1);
            assertThat(output.toFloatArray())
                    .containsExactly(y.get(new NDIndex("{}", t)).toFloatArray(), within(1e-6f));
        }
    }

    /** So that cells keep what they hold until they learn to drop it. */
    @Test
    void initialize_opensTheForgetGateOnly() {
        LstmLayer layer = new LstmLayer(kernels, INPUTS, 3, 3);
        Parameter bias = layer.namedParameters().get("bias");
        bias.initialize(manager, DataType.FLOAT32);
        assertThat(bias.getArray().toFloatArray()).containsExactly(0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0);
    }
}
