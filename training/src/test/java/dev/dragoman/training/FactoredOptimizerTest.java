package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.dragoman.model.Engines;
import dev.dragoman.model.mixture.ExpertStack;
import dev.dragoman.training.Recipe.Experts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FactoredOptimizerTest {
    private static final double RATE = 0.25;

    @TempDir
    Path folder;

    private NDManager manager;
    private final List<FakeNetwork> networks = new ArrayList<>();

    @BeforeEach
    void open() {
        Engines.prepare();
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        networks.forEach(FakeNetwork::close);
        manager.close();
    }

    private FakeNetwork network() {
        FakeNetwork network = new FakeNetwork(manager);
        networks.add(network);
        return network;
    }

    private FactoredOptimizer optimizer(FakeNetwork network, double beta2, double clipRms) {
        Experts constants = new Experts(Experts.Kind.FACTORED, Experts.Weights.FLOAT32, beta2, 1e-8, clipRms);
        return new FactoredOptimizer(network.kernels(), network.expertStacks(), constants, manager);
    }

    private double update(Optimizer optimizer, int update) {
        try (NDManager scratch = manager.newSubManager()) {
            return optimizer.update(scratch, new Step(update, RATE));
        }
    }

    private void gradient(ExpertStack stack, float[] values, int... experts) {
        FakeNetwork.fill(stack.gradient(), values);
        for (int expert : experts) {
            stack.touched()[expert] = true;
        }
    }

    private static float[] weights(ExpertStack stack) {
        return FakeNetwork.values(stack.parameter().getArray());
    }

    /** Worked numbers: squares [[1, 2, 3], [4, 5, 6]] have row means (2, 5), column means (2.5, 3.5, 4.5), all in all 3.5. */
    @Test
    void update_firstStep_dividesByTheRootOfTheOuterProduct() {
        FakeNetwork network = network();
        ExpertStack stack = network.addExperts("experts", DataType.FLOAT32, 1, 2, 3);
        float[] gradient = new float[6];
        for (int i = 0; i < 6; i++) {
            gradient[i] = (float) Math.sqrt(i + 1);
        }
        gradient(stack, gradient, 0);
        FactoredOptimizer optimizer = optimizer(network, 0.999, 0);
        assertThat(update(optimizer, 1)).isCloseTo(Math.sqrt(21), within(1e-5));
        double[] expected = {1.4286, 2, 2.5714, 3.5714, 5, 6.4286};
        float[] weights = weights(stack);
        for (int i = 0; i < 6; i++) {
            // The start of the means at zero is corrected, so the first step sees the squares themselves.
            assertThat((1 - weights[i]) / RATE).isCloseTo(gradient[i] / Math.sqrt(expected[i]), within(1e-4));
        }
        Map<String, NDArray> state = optimizer.state();
        assertThat(state.get("row.experts").toFloatArray()[1]).isCloseTo(5 * 0.001f, within(1e-7f));
        assertThat(state.get("column.experts").toFloatArray()[2]).isCloseTo(4.5f * 0.001f, within(1e-7f));
    }

    /** Where the squares are an outer product of the same shape at all times, nothing is lost by keeping its margins. */
    @Test
    void update_ofRankOneSquares_isAdamWithoutFirstMoment() {
        FakeNetwork factored = network();
        ExpertStack one = factored.addExperts("experts", DataType.FLOAT32, 2, 3, 4);
        FakeNetwork dense = network();
        ExpertStack other = dense.addExperts("experts", DataType.FLOAT32, 2, 3, 4);
        Optimizer sparse = optimizer(factored, 0.98, 0);
        Optimizer adam =
                new AdamOptimizer(dense, dense.namedParameters().keySet(), new Recipe.Adam(0, 0.98, 1e-8), 0, manager);
        Random random = new Random(3);
        float[] gradient = new float[24];
        for (int update = 1; update <= 20; update++) {
            float size = 0.1f + random.nextFloat();
            for (int i = 0; i < 24; i++) {
                int row = i / 4 % 3;
                int column = i % 4;
                int expert = i / 12;
                gradient[i] = (random.nextBoolean() ? 1 : -1) * size * (row + 1) * (column + 2) * (1 + 3 * expert);
            }
            gradient(one, gradient, 0, 1);
            gradient(other, gradient, 0, 1);
            assertThat(update(sparse, update)).isCloseTo(update(adam, update), within(1e-3));
            float[] expected = weights(other);
            float[] actual = weights(one);
            for (int i = 0; i < 24; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(2e-5f));
            }
        }
        // Adam clears the gradients, for experts that the next batch does not choose.
        assertThat(other.gradient().toFloatArray()).containsOnly(0f);
        assertThat(one.touched()).containsOnly(false);
        assertThat(other.touched()).containsOnly(false);
    }

    /** Lazy: the others keep weights, memory and count to the bit, whatever their stale gradients hold. */
    @ParameterizedTest
    @EnumSource(Experts.Weights.class)
    void update_leavesExpertsThatWereNotTouched(Experts.Weights type) {
        FakeNetwork network = network();
        ExpertStack stack = network.addExperts("experts", type.type(), 6, 2, 3);
        FactoredOptimizer optimizer = optimizer(network, 0.9, 1);
        float[] gradient = new float[36];
        Arrays.fill(gradient, Float.NaN);
        for (int expert : new int[] {0, 1, 4}) {
            Arrays.fill(gradient, 6 * expert, 6 * expert + 6, 0.5f);
        }
        gradient(stack, gradient, 0, 1, 4);
        assertThat(update(optimizer, 1)).isCloseTo(0.5 * Math.sqrt(18), within(1e-5));
        float[] weights = weights(stack);
        for (int i = 0; i < 36; i++) {
            boolean moved = List.of(0, 1, 4).contains(i / 6);
            assertThat(weights[i]).as("weight " + i).isEqualTo(moved ? 0.75f : 1);
        }
        assertThat(optimizer.state().get("updates.experts").toFloatArray()).containsExactly(1, 1, 0, 0, 1, 0);
        assertThat(optimizer.state().get("row.experts").toFloatArray()[2 * 2]).isZero();
        assertThat(stack.touched()).containsOnly(false);
        // Nothing to do is nothing done.
        assertThat(update(optimizer, 2)).isZero();
        assertThat(weights(stack)).containsExactly(weights);
    }

    /** One number beyond all in one expert: no weight of any moves, and the gradients are spent. */
    @Test
    void update_notFinite_changesNothing() {
        FakeNetwork network = network();
        ExpertStack good = network.addExperts("good", DataType.FLOAT32, 2, 2, 2);
        ExpertStack bad = network.addExperts("bad", DataType.FLOAT32, 2, 2, 2);
        network.add("dense", 3);
        Optimizer optimizer = new SparseOptimizer(
                new AdamOptimizer(network, List.of("dense"), new Recipe.Adam(0.9, 0.98, 1e-8), 1, manager),
                optimizer(network, 0.9, 1));
        float[] ones = new float[8];
        Arrays.fill(ones, 1);
        gradient(good, ones, 0);
        ones[5] = Float.POSITIVE_INFINITY;
        gradient(bad, ones, 1);
        assertThat(update(optimizer, 1)).isInfinite();
        assertThat(weights(good)).containsOnly(1);
        assertThat(weights(bad)).containsOnly(1);
        assertThat(good.touched()).containsOnly(false);
        assertThat(bad.touched()).containsOnly(false);
        optimizer
                .state()
                .forEach((name, array) -> assertThat(array.toFloatArray()).containsOnly(0));
    }

    /** A sudden gradient after small ones has a step of many rates; it is scaled down to the limit, per expert. */
    @Test
    void update_limitsTheStepOfEachExpert() {
        FakeNetwork network = network();
        ExpertStack stack = network.addExperts("experts", DataType.FLOAT32, 2, 2, 2);
        FactoredOptimizer optimizer = optimizer(network, 0.9, 1);
        float[] gradient = new float[8];
        Arrays.fill(gradient, 0.001f);
        gradient(stack, gradient, 0, 1);
        update(optimizer, 1);
        float[] before = weights(stack);
        Arrays.fill(gradient, 0, 4, 10);
        gradient(stack, gradient, 0, 1);
        update(optimizer, 2);
        float[] after = weights(stack);
        for (int i = 0; i < 8; i++) {
            assertThat(before[i] - after[i]).isCloseTo((float) RATE, within(1e-3f));
        }
    }

    /** A step of a thirty-second of the last digit: to nearest it would be lost every time, at random it counts on average. */
    @ParameterizedTest
    @CsvSource({"1, 0.0078125", "1.5, 0.0078125", "1.9921875, 0.0078125", "-0.75, 0.00390625", "2, 0.0078125"})
    void update_ofBfloat16_isUnbiased(float start, float digit) {
        FakeNetwork network = network();
        ExpertStack stack = network.addExperts("experts", DataType.BFLOAT16, 1, 400, 500);
        float[] starts = new float[200_000];
        Arrays.fill(starts, start);
        FakeNetwork.fill(stack.parameter().getArray(), starts);
        float[] ones = new float[200_000];
        Arrays.fill(ones, 1);
        Engine.getInstance().setRandomSeed(11);
        FactoredOptimizer optimizer = optimizer(network, 0.9, 0);
        int updates = 8;
        try (NDManager scratch = manager.newSubManager()) {
            for (int update = 1; update <= updates; update++) {
                gradient(stack, ones, 0);
                optimizer.update(scratch, new Step(update, digit / 32));
            }
        }
        double sum = 0;
        for (float weight : weights(stack)) {
            sum += weight - start;
        }
        // Each update moves one weight in 32 by a digit; the mean of 200,000 has a deviation of about digit / 900.
        assertThat(sum / 200_000).isCloseTo(-updates * digit / 32.0, within(digit / 150.0));
        assertThat(Arrays.stream(toDoubles(weights(stack))).distinct().count()).isLessThan(8);
    }

    /** Weights that no step moves stay: what is rounded at random is what is cut off, and of them that is nothing. */
    @Test
    void update_ofBfloat16_withoutAStep_changesNothing() {
        FakeNetwork network = network();
        ExpertStack stack = network.addExperts("experts", DataType.BFLOAT16, 1, 64, 64);
        float[] values = new float[64 * 64];
        Random random = new Random(5);
        for (int i = 0; i < values.length; i++) {
            // Zeros too, which have no last digit to round.
            values[i] = i % 8 == 0 ? 0 : (float) random.nextGaussian();
        }
        FakeNetwork.fill(stack.parameter().getArray(), values);
        float[] before = weights(stack);
        gradient(stack, new float[64 * 64], 0);
        assertThat(update(optimizer(network, 0.9, 1), 1)).isZero();
        assertThat(weights(stack)).containsExactly(before);
    }

    /** Beside weights and gradients of 2 bytes, p + q numbers of each matrix and a count: at most 5 bytes a parameter. */
    @Test
    void state_isOneNumberPerRowAndColumn() {
        FakeNetwork network = network();
        ExpertStack stack = network.addExperts("experts", DataType.BFLOAT16, 3, 128, 256);
        FactoredOptimizer optimizer = optimizer(network, 0.999, 1);
        Map<String, NDArray> state = optimizer.state();
        assertThat(state.get("row.experts").size() + state.get("column.experts").size())
                .isEqualTo(3L * (128 + 256));
        long bytes = stack.parameter().getArray().toByteBuffer().remaining()
                + stack.gradient().toByteBuffer().remaining();
        for (NDArray array : state.values()) {
            bytes += array.toByteBuffer().remaining();
        }
        assertThat(bytes).isLessThanOrEqualTo(5 * stack.parameter().getArray().size());
    }

    /** Going on from the file is going on without it, to the last bit. */
    @ParameterizedTest
    @EnumSource(Experts.Weights.class)
    void read_goesOnToTheBit(Experts.Weights type) throws Exception {
        FakeNetwork network = network();
        ExpertStack straight = network.addExperts("experts", type.type(), 3, 8, 8);
        FakeNetwork second = network();
        ExpertStack pieced = second.addExperts("experts", type.type(), 3, 8, 8);
        FactoredOptimizer undisturbed = optimizer(network, 0.9, 1);
        FactoredOptimizer before = optimizer(second, 0.9, 1);
        run(undisturbed, straight, 1, 3);
        run(before, pieced, 1, 3);
        Path file = folder.resolve("optimizer.safetensors");
        before.write(file);
        FactoredOptimizer after = optimizer(second, 0.9, 1);
        after.read(file);
        run(undisturbed, straight, 4, 6);
        run(after, pieced, 4, 6);
        assertThat(weights(pieced)).containsExactly(weights(straight));
        assertThat(weights(pieced)).isNotEqualTo(new float[192]);
    }

    private void run(FactoredOptimizer optimizer, ExpertStack stack, int from, int to) {
        for (int update = from; update <= to; update++) {
            Random random = new Random(update);
            float[] gradient = new float[192];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = (float) random.nextGaussian();
            }
            gradient(stack, gradient, update % 3, (update + 1) % 3);
            Engine.getInstance().setRandomSeed(update);
            update(optimizer, update);
        }
    }

    @Test
    void runs_areNeighboursOfBoundedSize_orGatheredWhereTheyAreFew() {
        boolean[] touched = {true, true, true, false, true, false, true, true};
        FactoredOptimizer.Runs runs = FactoredOptimizer.Runs.of(touched, 1 << 16);
        assertThat(runs.starts()).containsExactly(0, 2, 4, 6);
        assertThat(runs.sizes()).containsExactly(2, 1, 1, 2);
        FactoredOptimizer.Runs larger = FactoredOptimizer.Runs.of(touched, 1 << 15);
        assertThat(larger.experts()).containsExactly(0, 1, 2, 4, 6, 7);
        assertThat(larger.starts()).containsExactly(0, -1);
        assertThat(larger.sizes()).containsExactly(3, 3);
        // An expert larger than the bound is a run by itself.
        assertThat(FactoredOptimizer.Runs.of(touched, 1 << 20).sizes())
                .containsOnly(1)
                .hasSize(6);
        assertThat(FactoredOptimizer.Runs.of(new boolean[4], 8).starts()).isEmpty();
    }

    private static double[] toDoubles(float[] values) {
        double[] result = new double[values.length];
        Arrays.setAll(result, i -> values[i]);
        return result;
    }
}
