package dev.dragoman.model.layer;

import static dev.dragoman.model.TestDevice.within;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TestDevice.class)
class LstmLayerTest {
    private static final int STEPS = 5;
    private static final int SENTENCES = 3;
    private static final int INPUTS = 4;

    private static Kernels kernels;
    private static NDManager manager;

    @BeforeAll
    static void load() {
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 1, 0));
        manager = TestDevice.newManager();
    }

    @AfterAll
    static void close() {
        manager.close();
        kernels.close();
    }

    @ParameterizedTest(name = "{0} cells, {1} outputs, normalised: {2}")
    @CsvSource({"6, 6, false", "6, 4, false", "3, 5, false", "6, 6, true", "6, 4, true", "3, 5, true"})
    void sequence_equalsTheLoop(int cells, int outputs, boolean normalised) {
        LstmLayer layer = new LstmLayer(kernels, INPUTS, cells, outputs, normalised);
        Map<String, Parameter> parameters = RandomArrays.fill(layer, manager, new Random(cells), 0.7);
        List<String> names = new ArrayList<>(List.of("input", "recurrent", "bias"));
        if (normalised) {
            names.add("gain");
        }
        if (cells != outputs) {
            names.add("projection");
        }
        assertThat(parameters.keySet()).containsExactlyElementsOf(names);
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

    @ParameterizedTest(name = "{0} cells, {1} outputs, normalised: {2}")
    @CsvSource({"6, 6, false", "6, 4, false", "6, 6, true", "6, 4, true"})
    void step_byStep_equalsTheSequence(int cells, int outputs, boolean normalised) {
        LstmLayer layer = new LstmLayer(kernels, INPUTS, cells, outputs, normalised);
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
    @ParameterizedTest(name = "normalised: {0}")
    @ValueSource(booleans = {false, true})
    void initialize_opensTheForgetGateOnly(boolean normalised) {
        LstmLayer layer = new LstmLayer(kernels, INPUTS, 3, 3, normalised);
        Parameter bias = layer.namedParameters().get("bias");
        bias.initialize(manager, DataType.FLOAT32);
        assertThat(bias.getArray().toFloatArray()).containsExactly(0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0);
        if (normalised) {
            Parameter gain = layer.namedParameters().get("gain");
            gain.initialize(manager, DataType.FLOAT32);
            assertThat(gain.getArray().toFloatArray()).hasSize(12).containsOnly(1f);
        }
    }

    /** What a gate is made of may be scaled and shifted as a whole: its cells only tell each other apart. */
    @Test
    void normalised_scaleOfTheWeightsChangesNothing() {
        LstmLayer layer = new LstmLayer(kernels, INPUTS, 6, 6, true);
        Map<String, Parameter> parameters = RandomArrays.fill(layer, manager, new Random(2), 0.7);
        NDArray x = RandomArrays.normal(manager, new Random(1), STEPS, SENTENCES, INPUTS);
        float[] before = layer.sequence(x, false).toFloatArray();
        for (String name : List.of("input", "recurrent")) {
            NDArray weight = parameters.get(name).getArray();
            float[] values = weight.toFloatArray();
            for (int i = 0; i < values.length; i++) {
                values[i] *= 30;
            }
            weight.set(values);
        }
        assertThat(layer.sequence(x, false).toFloatArray()).containsExactly(before, within(1e-4f));
    }

    /**
     * Gradients of a normalised layer in double precision, for a loss that weighs every output differently, against differences, at every
     * place of every parameter and of the input.
     */
    @ParameterizedTest(name = "{0} cells, {1} outputs")
    @CsvSource({"6, 6", "6, 4"})
    void normalised_gradients_equalFiniteDifferences(int cells, int outputs) {
        try (Kernels precise = Kernels.load(new KernelSettings(Compute.FLOAT64, 0, 1, 0))) {
            LstmLayer layer = new LstmLayer(precise, INPUTS, cells, outputs, true);
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            RandomArrays.fill(layer, manager, new Random(cells), 0.7)
                    .forEach((name, parameter) -> arrays.put(name, parameter.getArray()));
            arrays.put("x", RandomArrays.normal(manager, new Random(1), STEPS, SENTENCES, INPUTS));
            Random random = new Random(5);
            NDArray slopes = manager.create(
                    random.doubles((long) STEPS * SENTENCES * outputs, -1, 1).toArray(),
                    new Shape(STEPS, SENTENCES, outputs));
            arrays.values().forEach(array -> array.setRequiresGradient(true));
            try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                collector.backward(weighted(precise, layer, arrays, slopes));
            }
            arrays.forEach((name, array) -> {
                float[] gradient = array.getGradient().toFloatArray();
                float[] values = array.toFloatArray();
                for (int i = 0; i < values.length; i++) {
                    double numeric = 0;
                    for (int side = -1; side <= 1; side += 2) {
                        float[] moved = values.clone();
                        moved[i] += side * 1f / 1024;
                        array.set(moved);
                        numeric +=
                                side * weighted(precise, layer, arrays, slopes).getDouble() * 512;
                    }
                    assertThat((double) gradient[i])
                            .as(name + "[" + i + "]")
                            .isCloseTo(numeric, within(2e-5 + 2e-4 * Math.abs(numeric)));
                }
                array.set(values);
            });
        }
    }

    private static NDArray weighted(Kernels precise, LstmLayer layer, Map<String, NDArray> arrays, NDArray slopes) {
        return layer.sequence(precise.one("widen", true, arrays.get("x")), true)
                .mul(slopes)
                .sum();
    }
}
