package dev.dragoman.model.kernel;

import static dev.dragoman.model.TestDevice.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.TestDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestDevice.class)
class KernelsTest {
    private static Kernels kernels;
    private static NDManager manager;

    @BeforeAll
    static void load() {
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0.5, 2, 0.01));
        manager = TestDevice.newManager();
    }

    @AfterAll
    static void close() {
        manager.close();
        kernels.close();
    }

    @Test
    void call_unknownMethod_isNamedInTheError() {
        NDArray x = manager.create(1f);
        assertThatThrownBy(() -> kernels.run(manager, "no_such_kernel", x)).hasMessageContaining("no_such_kernel");
        assertThatThrownBy(() -> kernels.call("no_such_kernel", true, x)).hasMessageContaining("no_such_kernel");
    }

    @Test
    void run_wrongShapes_throwsAndLeavesTheKernelsUsable() {
        NDArray x = manager.ones(new Shape(2, 3));
        assertThatThrownBy(() -> kernels.run(manager, "add", x, manager.ones(new Shape(4, 5))))
                .hasMessageContaining("must match the size");
        assertThat(kernels.one("add", false, x, x).sum().getFloat()).isEqualTo(12);
    }

    @Test
    void load_attributesReachTheMethods() {
        NDArray ones = manager.ones(new Shape(10_000));
        float[] dropped = kernels.one("drop", false, ones).toFloatArray();
        int zeros = 0;
        for (float value : dropped) {
            assertThat(value).isIn(0f, 2f);
            zeros += value == 0 ? 1 : 0;
        }
        // Half of them, within six standard deviations.
        assertThat(zeros).isBetween(4700, 5300);
    }

    @Test
    void call_resultsBelongToTheFirstArgumentsManager() {
        for (boolean record : new boolean[] {false, true}) {
            try (NDManager first = manager.newSubManager();
                    NDManager second = manager.newSubManager()) {
                NDArray y = kernels.one("add", record, first.create(1f), second.create(2f));
                assertThat(y.getManager()).isSameAs(first);
                second.close();
                assertThat(y.getFloat()).isEqualTo(3);
            }
        }
    }

    /** Serving must not pay for a graph, though parameters of a trainer's network ask for gradients. */
    @Test
    void call_recordsGradientsOnlyWhenAsked() {
        NDArray x = manager.create(new float[] {1, 2});
        x.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            assertThat(kernels.one("add", false, x, x).hasGradient()).isFalse();
            assertThatThrownBy(() ->
                            collector.backward(kernels.one("add", false, x, x).sum()))
                    .hasMessageContaining("does not require grad");
            collector.backward(kernels.one("add", true, x, x).sum());
        }
        assertThat(x.getGradient().toFloatArray()).containsExactly(2, 2);
    }

    /** The grouping of a list must not stick to its arrays when they are passed by themselves later. */
    @Test
    void call_sameArraysInAListAndAlone() {
        NDArray x = manager.ones(new Shape(3, 1, 2));
        List<NDArray> weights =
                List.of(manager.ones(new Shape(8, 2)), manager.ones(new Shape(8, 2)), manager.zeros(new Shape(8)));
        NDArray once = kernels.one("lstm", true, x, weights);
        assertThat(kernels.one("add", true, weights.get(0), weights.get(1)).getShape())
                .isEqualTo(new Shape(8, 2));
        assertThat(kernels.one("lstm", true, x, weights).toFloatArray()).containsExactly(once.toFloatArray());
    }

    @Test
    void run_fromManyThreads_equalsOneThread() throws Exception {
        Random random = new Random(1);
        NDArray x = RandomArrays.normal(manager, random, 20, 6);
        NDArray gate = RandomArrays.normal(manager, random, 6, 5);
        NDArray hidden = RandomArrays.normal(manager, random, 5, 7, 6);
        NDArray output = RandomArrays.normal(manager, random, 5, 6, 7);
        Object[] arguments = {x, 0L, List.of(gate), List.of(hidden), List.of(output), List.of(), List.of(), 5L, 0L};
        float[] expected =
                kernels.run(manager, "mixture_rows", arguments).get(0).toFloatArray();
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(pool.submit(() -> {
                    for (int call = 0; call < 50; call++) {
                        try (NDManager own = manager.newSubManager()) {
                            NDList y = kernels.run(own, "mixture_rows", arguments);
                            assertThat(y.get(0).toFloatArray()).containsExactly(expected);
                        }
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    /** Two updates against Kingma and Ba 2015, algorithm 1, number by number, the second with its gradient clipped, with L2 decay. */
    @Test
    void adam_equalsTheAlgorithm() {
        Random random = new Random(2);
        double rate = 0.1;
        double beta1 = 0.9;
        double beta2 = 0.98;
        double epsilon = 1e-8;
        double decay = 0.03;
        float[] start = RandomArrays.normal(random, 5);
        // Two parameters, of 2 and 3 numbers.
        List<NDArray> parameters = split(start);
        List<NDArray> first = split(new float[5]);
        List<NDArray> second = split(new float[5]);
        double[] theta = doubles(start);
        double[] m = new double[5];
        double[] v = new double[5];
        double[] clips = {100, 0.5};
        for (int update = 1; update <= 2; update++) {
            float[] gradient = RandomArrays.normal(random, 5);
            List<NDArray> gradients = split(gradient);
            NDArray norm = kernels.run(
                            manager,
                            "adam",
                            parameters,
                            gradients,
                            first,
                            second,
                            (long) update,
                            rate,
                            beta1,
                            beta2,
                            epsilon,
                            decay,
                            1.0,
                            clips[update - 1],
                            Double.POSITIVE_INFINITY)
                    .get(0);

            double squares = 0;
            for (float g : gradient) {
                squares += (double) g * g;
            }
            assertThat((double) norm.getFloat()).isCloseTo(Math.sqrt(squares), within(1e-5));
            double factor = Math.min(1, clips[update - 1] / Math.sqrt(squares));
            for (int i = 0; i < 5; i++) {
                double g = gradient[i] * factor + decay * theta[i];
                m[i] = beta1 * m[i] + (1 - beta1) * g;
                v[i] = beta2 * v[i] + (1 - beta2) * g * g;
                double mHat = m[i] / (1 - Math.pow(beta1, update));
                double vHat = v[i] / (1 - Math.pow(beta2, update));
                theta[i] -= rate * mHat / (Math.sqrt(vHat) + epsilon);
            }
            assertThat(doubles(joined(parameters))).containsExactly(theta, within(1e-5));
            assertThat(doubles(joined(first))).containsExactly(m, within(1e-6));
            assertThat(doubles(joined(second))).containsExactly(v, within(1e-6));
            assertThat(joined(gradients)).as("gradients are cleared").containsOnly(0f);
        }
    }

    @Test
    void adam_gradientNotFinite_changesNothing() {
        for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            List<NDArray> parameters = split(new float[] {1, 2, 3, 4, 5});
            List<NDArray> first = split(new float[] {1, 1, 1, 1, 1});
            List<NDArray> second = split(new float[] {1, 1, 1, 1, 1});
            float norm = kernels.run(
                            manager,
                            "adam",
                            parameters,
                            split(new float[] {1, 1, broken, 1, 1}),
                            first,
                            second,
                            1L,
                            0.1,
                            0.9,
                            0.98,
                            1e-8,
                            0.0,
                            1.0,
                            1.0,
                            Double.POSITIVE_INFINITY)
                    .get(0)
                    .getFloat();
            assertThat(Float.isFinite(norm)).isFalse();
            assertThat(joined(parameters)).containsExactly(1, 2, 3, 4, 5);
            assertThat(joined(first)).containsOnly(1);
            assertThat(joined(second)).containsOnly(1);
        }
    }

    private static List<NDArray> split(float[] five) {
        return List.of(
                manager.create(new float[] {five[0], five[1]}),
                manager.create(new float[] {five[2], five[3], five[4]}, new Shape(3, 1)));
    }

    private static float[] joined(List<NDArray> parts) {
        float[] a = parts.get(0).toFloatArray();
        float[] b = parts.get(1).toFloatArray();
        return new float[] {a[0], a[1], b[0], b[1], b[2]};
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }
}
