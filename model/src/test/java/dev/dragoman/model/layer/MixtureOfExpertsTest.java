package dev.dragoman.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.Engines;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MixtureOfExpertsTest {
    private static final int WIDTH = 4;
    private static final int EXPERTS = 5;
    private static final int HIDDEN = 6;

    private final Random random = new Random(7);
    private Kernels kernels;
    private NDManager manager;
    private MixtureOfExperts mixture;
    private Map<String, Parameter> parameters;

    @BeforeEach
    void open() {
        Engines.prepare();
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 2, 0.01));
        manager = NDManager.newBaseManager();
        mixture = new MixtureOfExperts(
                kernels, new Mixture(EXPERTS, 2, HIDDEN, List.of(), List.of(), 0.3, 0.2, 0.01, false), WIDTH);
        parameters = mixture.namedParameters();
        parameters.values().forEach(parameter -> {
            parameter.initialize(manager, DataType.FLOAT32);
            parameter.getArray().set(values((int) parameter.getArray().size()));
        });
    }

    @AfterEach
    void close() {
        manager.close();
        kernels.close();
    }

    /** Against equation 1 written as loops over rows and experts. */
    @Test
    void rows_equalTheSumOverExperts() {
        NDArray x = normal(9, WIDTH);
        double[][] y = NaiveLstm.matrix(mixture.rows(x));
        double[][] in = NaiveLstm.matrix(x);
        NaiveMixture naive = new NaiveMixture(parameters, "", 2);
        for (int row = 0; row < 9; row++) {
            assertThat(y[row]).containsExactly(naive.of(in[row]), within(1e-4));
        }
    }

    /** The logistic function of the gated sum (Shazeer et al. 2017, appendix E), at real positions only. */
    @Test
    void rows_withSigmoid_passTheSumThroughIt() {
        MixtureOfExperts squashing = new MixtureOfExperts(
                kernels, new Mixture(EXPERTS, 2, HIDDEN, List.of(), List.of(), 0.3, 0.2, 0.01, true), WIDTH);
        Map<String, Parameter> own = squashing.namedParameters();
        parameters.forEach((name, parameter) -> {
            own.get(name).initialize(manager, DataType.FLOAT32);
            own.get(name).getArray().set(parameter.getArray().toFloatArray());
        });
        NDArray x = normal(9, WIDTH);
        double[] plain = NaiveLstm.vector(mixture.rows(x));
        double[] expected = Arrays.stream(plain).map(NaiveLstm::sigmoid).toArray();
        assertThat(NaiveLstm.vector(squashing.rows(x))).containsExactly(expected, within(1e-5));
        NDArray rows = manager.create(new long[] {0, 2});
        double[] sequence = NaiveLstm.vector(squashing.sequence(x.reshape(3, 3, WIDTH), rows));
        assertThat(Arrays.copyOf(sequence, WIDTH)).containsExactly(Arrays.copyOf(expected, WIDTH), within(1e-5));
        assertThat(Arrays.copyOfRange(sequence, WIDTH, 2 * WIDTH)).as("padding").containsOnly(0);
    }

    /** One expert for all, and all experts for each: no choice, so no balance to lose. */
    @Test
    void train_withoutAChoice_isBalanced() {
        for (int perRow : new int[] {1, 3}) {
            try (Kernels own = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, perRow, 0.01))) {
                MixtureOfExperts all = new MixtureOfExperts(
                        own, new Mixture(perRow, perRow, HIDDEN, List.of(), List.of(), 0, 1, 0, false), WIDTH);
                all.namedParameters().values().forEach(parameter -> parameter.initialize(manager, DataType.FLOAT32));
                MixtureOfExperts.Balanced result = all.train(
                        normal(6, WIDTH).reshape(3, 2, WIDTH), manager.arange(6).toType(DataType.INT64, true));
                assertThat(result.balance().getFloat()).isZero();
                assertThat(result.load().toFloatArray()).containsOnly(6f);
                assertThat(result.importance().sum().getFloat()).isCloseTo(6, within(1e-5f));
            }
        }
    }

    @Test
    void sequence_leavesPaddingZero_andDoesNotSeeIt() {
        NDArray x = manager.create(values(3 * 2 * WIDTH), new Shape(3, 2, WIDTH));
        // Sentence 0 has three tokens, sentence 1 two: position (2, 1) is padding.
        NDArray rows = manager.create(new long[] {0, 1, 2, 3, 4});
        float[] before = mixture.sequence(x, rows).toFloatArray();
        float[] changed = x.toFloatArray();
        for (int d = 0; d < WIDTH; d++) {
            changed[5 * WIDTH + d] = 1000;
            assertThat(before[5 * WIDTH + d]).isZero();
        }
        assertThat(mixture.sequence(manager.create(changed, x.getShape()), rows).toFloatArray())
                .containsExactly(before);
    }

    /** Every gradient against central differences of the whole layer, its balance losses included, with the noise held. */
    @Test
    void gradients_equalFiniteDifferences() {
        NDArray x = normal(6, WIDTH).reshape(3, 2, WIDTH);
        NDArray rows = manager.create(new long[] {0, 1, 2, 3, 4});
        NDArray epsilon = normal(5, EXPERTS);
        NDArray weighting = normal(6, WIDTH).reshape(3, 2, WIDTH);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(objective(x, rows, epsilon, weighting));
        }
        parameters.forEach((name, parameter) -> {
            NDArray array = parameter.getArray();
            float[] gradient = array.getGradient().toFloatArray();
            float[] at = array.toFloatArray();
            double largest = 0;
            for (int i = 0; i < at.length; i++) {
                double numeric = difference(array, at, i, x, rows, epsilon, weighting);
                assertThat((double) gradient[i])
                        .as(name + "[" + i + "]")
                        .isCloseTo(numeric, within(2e-2 + 2e-2 * Math.abs(numeric)));
                largest = Math.max(largest, Math.abs(numeric));
            }
            assertThat(largest).as("gradient of " + name + " reaches it").isGreaterThan(0.05);
        });
    }

    private double difference(
            NDArray array, float[] at, int i, NDArray x, NDArray rows, NDArray epsilon, NDArray weighting) {
        float step = 1e-3f;
        float[] moved = at.clone();
        moved[i] = at[i] + step;
        array.set(moved);
        double above = objective(x, rows, epsilon, weighting).getFloat();
        moved[i] = at[i] - step;
        array.set(moved);
        double below = objective(x, rows, epsilon, weighting).getFloat();
        array.set(at);
        return (above - below) / (2 * step);
    }

    private NDArray objective(NDArray x, NDArray rows, NDArray epsilon, NDArray weighting) {
        MixtureOfExperts.Balanced result = mixture.train(x, rows, epsilon);
        return result.y().mul(weighting).sum().add(result.balance());
    }

    /** Expert 3's output weights are poisoned; as long as no row chooses it nobody notices. */
    @Test
    void unchosenExperts_computeNothing() {
        // Positive inputs, and a gate whose logits grow with the expert's number but are negative for expert 3.
        NDArray positive = normal(9, WIDTH).abs().add(1);
        float[] weights = new float[WIDTH * EXPERTS];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % EXPERTS == 3 ? -1 : i % EXPERTS + 1;
        }
        parameters.get("gate").getArray().set(weights);
        float[] before = mixture.rows(positive).toFloatArray();
        NDArray output = parameters.get("output").getArray();
        float[] poisoned = output.toFloatArray();
        Arrays.fill(poisoned, 3 * HIDDEN * WIDTH, 4 * HIDDEN * WIDTH, Float.NaN);
        output.set(poisoned);
        assertThat(mixture.rows(positive).toFloatArray()).containsExactly(before);
    }

    private NDArray normal(int rows, int columns) {
        return manager.create(values(rows * columns), new Shape(rows, columns));
    }

    private float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
