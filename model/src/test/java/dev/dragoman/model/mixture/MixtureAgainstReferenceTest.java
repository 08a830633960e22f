package dev.dragoman.model.mixture;

import static dev.dragoman.model.mixture.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.model.TestDevice;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.kernel.Compute;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.opentest4j.TestAbortedException;

/** The layer of the kernels against the one of loops over single numbers, on layers of every kind. */
@AddLifecycleHook(MixtureAgainstReferenceTest.WithoutDevice.class)
class MixtureAgainstReferenceTest {
    /** Skips all where the tests' device is not there. */
    static final class WithoutDevice implements SkipExecutionHook {
        @Override
        public SkipResult shouldBeSkipped(LifecycleContext context) {
            try {
                TestDevice.get();
                return SkipResult.doNotSkip();
            } catch (TestAbortedException missing) {
                return SkipResult.skip(missing.getMessage());
            }
        }
    }

    private static final LoadedKernels KERNELS = new LoadedKernels();

    @AfterContainer
    static void close() {
        KERNELS.close();
    }

    @Property(tries = 300)
    void train_equalsTheReference_withItsGradients(@ForAll("layers") LayerCase layer) {
        assertTrains(layer, Compute.FLOAT64, 1e-6, 1e-9);
    }

    @Property(tries = 100)
    void train_inSinglePrecision_staysCloseToTheReference(@ForAll("layers") LayerCase layer) {
        assertTrains(layer, Compute.FLOAT32, 1e-3, 1e-3);
    }

    @Property(tries = 300)
    void serve_equalsTheReference(@ForAll("layers") LayerCase layer) {
        assertServes(layer, Compute.FLOAT64, 1e-6, 1e-9);
    }

    @Property(tries = 100)
    void serve_inSinglePrecision_staysCloseToTheReference(@ForAll("layers") LayerCase layer) {
        assertServes(layer, Compute.FLOAT32, 1e-3, 1e-4);
    }

    /** As a decoder step in one call serves it on a GPU, at one level and at two. */
    @Property(tries = 300)
    void gather_equalsTheReference(@ForAll("noisyLayers") LayerCase layer) {
        assertGathers(layer, Compute.FLOAT64, 1e-6, 1e-9);
    }

    @Property(tries = 100)
    void gather_inSinglePrecision_staysCloseToTheReference(@ForAll("noisyLayers") LayerCase layer) {
        assertGathers(layer, Compute.FLOAT32, 1e-3, 1e-4);
    }

    private static void assertGathers(LayerCase layer, Compute compute, double margin, double tolerance) {
        ReferenceLayer.Output expected = new ReferenceLayer(layer).serve();
        Assume.that(expected.margin() > margin);
        try (FastLayer fast = new FastLayer(KERNELS, layer, compute)) {
            FastLayer.Gathered gathered = fast.gather();
            assertClose("y", gathered.y(), Scalar.values(expected.y()), tolerance);
            int[] counts = new int[layer.mixture().experts()];
            IntStream.of(gathered.experts()).forEach(expert -> counts[expert]++);
            assertThat(counts).isEqualTo(expected.gating().counts());
        }
    }

    /** Only where rounding cannot change a choice, nor the side of zero that a hidden unit is on. */
    private static void assertTrains(LayerCase layer, Compute compute, double margin, double tolerance) {
        ReferenceLayer reference = new ReferenceLayer(layer);
        ReferenceLayer.Output expected = reference.train();
        Assume.that(expected.margin() > margin);
        Map<String, double[][]> gradients = reference.gradients(reference.objective(expected));
        try (FastLayer fast = new FastLayer(KERNELS, layer, compute)) {
            FastLayer.Trained trained = fast.train(expected.primary());
            assertClose("y", trained.y(), Scalar.values(expected.y()), tolerance);
            assertThat(trained.load().rows()).isEqualTo(expected.gating().counts());
            // These are given out in single precision.
            assertClose("balance", trained.balance(), expected.balance().value(), Math.max(tolerance, 1e-6));
            assertClose(
                    "importance",
                    wide(trained.load().importance()),
                    Scalar.values(expected.gating().importance()),
                    Math.max(tolerance, 1e-6));
            assertClose(
                    "load",
                    wide(trained.load().load()),
                    Scalar.values(expected.gating().load()),
                    Math.max(tolerance, 1e-6));
            assertThat(trained.gradients()).containsOnlyKeys(gradients.keySet());
            gradients.forEach((name, gradient) ->
                    assertClose("gradient of " + name, trained.gradients().get(name), gradient, tolerance));
        }
    }

    private static void assertServes(LayerCase layer, Compute compute, double margin, double tolerance) {
        ReferenceLayer.Output expected = new ReferenceLayer(layer).serve();
        Assume.that(expected.margin() > margin);
        try (FastLayer fast = new FastLayer(KERNELS, layer, compute)) {
            assertClose("y", fast.serve(), Scalar.values(expected.y()), tolerance);
        }
    }

    /**
     * Gradients of several batches before an update, some of whose experts are in both and some in one. After the update a batch of one
     * row finds what the earlier ones left, and one of many rows both that and what the one row added.
     */
    @Property(tries = 150)
    void gradients_addUp_untilTheyAreUsed(@ForAll("layers") LayerCase layer, @ForAll long seed) {
        LayerCase second = new LayerCase(layer.mixture(), layer.width(), layer.lengths(), seed);
        LayerCase third = new LayerCase(layer.mixture(), layer.width(), List.of(1), ~seed);
        try (FastLayer fast = new FastLayer(KERNELS, layer, Compute.FLOAT64)) {
            Map<String, double[][]> one = assertGradients(fast, layer, layer, Map.of());
            assertGradients(fast, layer, second, one);
            fast.clearGradients();
            Map<String, double[][]> few = assertGradients(fast, layer, third, Map.of());
            assertGradients(fast, layer, second, few);
        }
    }

    private static Map<String, double[][]> assertGradients(
            FastLayer fast, LayerCase layer, LayerCase batch, Map<String, double[][]> before) {
        Map<String, double[][]> numbers = batch.numbersWithParametersOf(layer);
        ReferenceLayer reference = new ReferenceLayer(batch, numbers);
        ReferenceLayer.Output output = reference.train();
        Assume.that(output.margin() > 1e-6);
        Map<String, double[][]> expected = reference.gradients(reference.objective(output));
        before.forEach((name, gradient) -> {
            if (!name.equals("x")) {
                add(expected.get(name), gradient);
            }
        });
        Map<String, double[][]> found =
                fast.train(batch, numbers, output.primary()).gradients();
        expected.forEach((name, gradient) -> assertClose("gradient of " + name, found.get(name), gradient, 1e-9));
        return expected;
    }

    private static void add(double[][] sum, double[][] summand) {
        for (int row = 0; row < sum.length; row++) {
            for (int column = 0; column < sum[row].length; column++) {
                sum[row][column] += summand[row][column];
            }
        }
    }

    private static double[] wide(float[] numbers) {
        double[] wide = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            wide[i] = numbers[i];
        }
        return wide;
    }

    @Provide
    Arbitrary<LayerCase> layers() {
        return LayerCase.any();
    }

    @Provide
    Arbitrary<LayerCase> noisyLayers() {
        return LayerCase.of(GateKind.NOISY_TOP_K);
    }
}
