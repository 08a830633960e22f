package dev.dragoman.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.Engines;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Equations 3 to 5 and 8 to 10 of Shazeer et al. 2017. */
class NoisyTopKGateTest {
    private static Kernels exact;
    private static NDManager manager;

    @BeforeAll
    static void load() {
        Engines.prepare();
        // No noise floor: the paper's own equations.
        exact = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 2, 0));
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        exact.close();
        manager.close();
    }

    /** A worked example: clean logits and noise scales are made by an identity input, so that each is known. */
    @Test
    void gatesAndLoad_ofTheWorkedExample() {
        NDArray x = manager.create(new float[] {1, 0}, new Shape(1, 2));
        NDArray gate = manager.create(new float[] {1f, 0.5f, -0.25f, 0f, 0, 0, 0, 0}, new Shape(2, 4));
        NDArray noise = manager.create(new float[] {0, 1, -1, 0.5f, 0, 0, 0, 0}, new Shape(2, 4));
        NDArray epsilon = manager.create(new float[] {0.3f, -1.2f, 0.8f, 0.1f}, new Shape(1, 4));

        NDList result = exact.call("noisy_gates", false, x, gate, noise, epsilon);

        assertThat(result.get(0).toFloatArray()).containsExactly(new float[] {0.752229f, 0.247771f}, within(1e-5f));
        assertThat(result.get(1).toLongArray()).containsExactly(0, 3);
        assertThat(result.get(2).toFloatArray())
                .containsExactly(new float[] {0.752229f, 0, 0, 0.247771f}, within(1e-5f));
        assertThat(result.get(3).toFloatArray())
                .containsExactly(new float[] {0.925323f, 0.620410f, 0.133715f, 0.499750f}, within(1e-5f));
    }

    @Test
    void gates_areKNonZerosThatSumToOne_andImportanceSumsToRows() {
        Random random = new Random(3);
        int rows = 40;
        int experts = 7;
        NDList result = random(random, rows, experts);
        float[] gates = result.get(0).toFloatArray();
        long[] chosen = result.get(1).toLongArray();
        for (int row = 0; row < rows; row++) {
            assertThat(gates[2 * row] + gates[2 * row + 1]).isCloseTo(1, within(1e-5f));
            assertThat(chosen[2 * row]).isNotEqualTo(chosen[2 * row + 1]);
        }
        assertThat(result.get(2).sum().getFloat()).isCloseTo(rows, within(1e-3f));
    }

    /** At the start, with both matrices zero, every expert is chosen with probability k / E. */
    @Test
    void load_atZeroWeights_isEven() {
        int rows = 20_000;
        int experts = 16;
        try (Kernels four = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 4, 0))) {
            NDArray x = manager.ones(new Shape(rows, 3));
            NDArray zero = manager.zeros(new Shape(3, experts));
            manager.getEngine().setRandomSeed(5);
            NDArray epsilon = manager.randomNormal(new Shape(rows, experts));
            float[] load = four.call("noisy_gates", false, x, zero, zero, epsilon)
                    .get(3)
                    .toFloatArray();
            for (float one : load) {
                assertThat(one / rows).isCloseTo(0.25f, within(0.01f));
            }
        }
    }

    /** The k-th largest without the expert itself, found by looking. */
    @Test
    void load_equalsBruteForceThreshold() {
        Random random = new Random(11);
        int experts = 6;
        NDArray x = normal(random, 5, 3);
        NDArray gate = normal(random, 3, experts);
        NDArray noise = normal(random, 3, experts);
        NDArray epsilon = normal(random, 5, experts);
        float[] load =
                exact.call("noisy_gates", false, x, gate, noise, epsilon).get(3).toFloatArray();

        float[] clean = x.matMul(gate).toFloatArray();
        float[] raw = x.matMul(noise).toFloatArray();
        float[] drawn = epsilon.toFloatArray();
        for (int e = 0; e < experts; e++) {
            double sum = 0;
            for (int row = 0; row < 5; row++) {
                double scale = Math.log1p(Math.exp(raw[row * experts + e]));
                sum += phi((clean[row * experts + e] - kthExcluding(clean, raw, drawn, row, e, experts)) / scale);
            }
            assertThat(load[e]).isCloseTo((float) sum, within(1e-4f));
        }
    }

    private static double kthExcluding(float[] clean, float[] raw, float[] drawn, int row, int expert, int experts) {
        double[] others = new double[experts - 1];
        int n = 0;
        for (int e = 0; e < experts; e++) {
            int at = row * experts + e;
            if (e != expert) {
                others[n++] = clean[at] + drawn[at] * Math.log1p(Math.exp(raw[at]));
            }
        }
        java.util.Arrays.sort(others);
        return others[others.length - 2];
    }

    /** Normal distribution function by Simpson's rule. */
    private static double phi(double z) {
        int steps = 2000;
        double from = -10;
        if (z <= from) {
            return 0;
        }
        double h = (z - from) / steps;
        double sum = density(from) + density(z);
        for (int i = 1; i < steps; i++) {
            sum += density(from + i * h) * (i % 2 == 0 ? 2 : 4);
        }
        return sum * h / 3;
    }

    private static double density(double z) {
        return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }

    @Test
    void cvSquared_ofKnownVectors() {
        assertThat(cvSquared(1, 2, 3, 4)).isCloseTo(0.2f, within(1e-6f));
        assertThat(cvSquared(1, 0, 0, 0)).isCloseTo(3f, within(1e-5f));
        assertThat(cvSquared(5, 5, 5)).isZero();
    }

    private static float cvSquared(float... values) {
        return exact.one("cv_squared", false, manager.create(values)).getFloat();
    }

    private static NDList random(Random random, int rows, int experts) {
        return exact.call(
                "noisy_gates",
                false,
                normal(random, rows, 3),
                normal(random, 3, experts),
                normal(random, 3, experts),
                normal(random, rows, experts));
    }

    private static NDArray normal(Random random, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, new Shape(rows, columns));
    }
}
