package dev.dragoman.model.mixture;

import static dev.dragoman.model.mixture.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.block.GradientTape;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Compute;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Shazeer et al. 2017 say of the layer. {@link MixtureAgainstReferenceTest} compares small layers of every kind with loops. */
@ExtendWith(TestDevice.class)
class MixtureOfExpertsTest {
    private static final LoadedKernels KERNELS = new LoadedKernels();

    private final Random random = new Random(1);
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = TestDevice.newManager();
    }

    @AfterEach
    void closeArrays() {
        manager.close();
    }

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    static List<Arguments> kinds() {
        return List.of(
                Arguments.of(GateKind.SOFTMAX, 0),
                Arguments.of(GateKind.NOISY_TOP_K, 0),
                Arguments.of(GateKind.NOISY_TOP_K, 3),
                Arguments.of(GateKind.STRICTLY_BALANCED, 0),
                Arguments.of(GateKind.STRICTLY_BALANCED, 3));
    }

    // ---- output ----

    @ParameterizedTest
    @MethodSource("kinds")
    void moeOutput_equalsTheSumOverAllExperts(GateKind kind, int groups) {
        LayerCase layer = layer(kind, groups, 9, 2, 4, 5, 10, 4);
        ReferenceLayer.Output expected = new ReferenceLayer(layer).serve();
        double[][] x = layer.numbers().get("x");
        double[][] hidden = layer.numbers().get("hidden");
        double[][] output = layer.numbers().get("output");
        double[][] dense = new double[layer.positions()][4];
        for (int row = 0; row < layer.rows().length; row++) {
            int position = layer.rows()[row];
            for (int i = 0; i < 9; i++) {
                double gate = expected.gating().gates()[row][i].value();
                for (int unit = 0; unit < 5; unit++) {
                    double sum = 0;
                    for (int d = 0; d < 4; d++) {
                        sum += hidden[5 * i + unit][d] * x[position][d];
                    }
                    for (int d = 0; d < 4; d++) {
                        dense[position][d] += gate * Math.max(0, sum) * output[4 * i + d][unit];
                    }
                }
            }
        }
        try (FastLayer fast = new FastLayer(KERNELS, layer, Compute.FLOAT64)) {
            assertClose("y", fast.serve(), dense, 1e-12);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void moeOutput_computesTheChosenRowsOnly(GateKind kind, int groups) {
        LayerCase layer = layer(kind, groups, 9, 2, 4, 5, 10, 4);
        int perRow = switch (kind) {
            case SOFTMAX -> 9;
            default -> groups == 0 ? 2 : 4;
        };
        try (FastLayer fast = new FastLayer(KERNELS, layer, Compute.FLOAT64)) {
            int[] rows = fast.train(new ReferenceLayer(layer).train().primary())
                    .load()
                    .rows();
            int expected = perRow * layer.rows().length;
            // Strictly balanced gates round the rows of an expert.
            int rounding = kind == GateKind.STRICTLY_BALANCED ? 9 : 0;
            assertThat(Arrays.stream(rows).sum()).isBetween(expected - rounding, expected + rounding);
        }
    }

    /** Expert 3 is poison: as long as no row chooses it, nobody notices, forward or backward. */
    @Test
    void moeOutput_ofExpertsNobodyChose_isNotComputed() {
        LayerCase layer = layer(GateKind.NOISY_TOP_K, 0, 5, 2, 4, 6, 4, 3);
        Map<String, double[][]> numbers = layer.numbers();
        for (int d = 0; d < 4; d++) {
            for (int i = 0; i < 5; i++) {
                numbers.get("gate")[d][i] = i == 3 ? -5 : i;
                numbers.get("noise")[d][i] = -5;
            }
        }
        for (double[] row : numbers.get("x")) {
            Arrays.setAll(row, d -> 1 + Math.abs(row[d]));
        }
        double[][] served;
        FastLayer.Trained trained;
        ReferenceGates primary = new ReferenceLayer(layer, numbers).train().primary();
        try (FastLayer fast = new FastLayer(KERNELS, layer, numbers, Compute.FLOAT64)) {
            served = fast.serve();
            trained = fast.train(primary);
        }
        for (int unit = 0; unit < 6; unit++) {
            Arrays.fill(numbers.get("hidden")[3 * 6 + unit], Double.NaN);
        }
        try (FastLayer fast = new FastLayer(KERNELS, layer, numbers, Compute.FLOAT64)) {
            assertThat(fast.serve()).isDeepEqualTo(served);
            FastLayer.Trained poisoned = fast.train(primary);
            assertThat(poisoned.load().rows()[3]).isZero();
            assertThat(poisoned.y()).isDeepEqualTo(trained.y());
            trained.gradients()
                    .forEach((name, gradient) ->
                            assertThat(poisoned.gradients().get(name)).as(name).isDeepEqualTo(gradient));
        }
    }

    /** Enough rows and experts for every way that a plan puts experts together, with one expert that most rows choose. */
    @ParameterizedTest
    @MethodSource("kinds")
    void moeOutput_ofManyRowsAndExperts_equalsTheReference(GateKind kind, int groups) {
        LayerCase layer = layer(kind, 2 * groups, kind == GateKind.SOFTMAX ? 7 : 48, 3, 3, 2, 120, 4);
        Map<String, double[][]> numbers = layer.numbers();
        for (double[] row : numbers.get("x")) {
            row[0] = 1;
        }
        numbers.get("gate")[0][1] = 3;
        assertEqualsReference(layer, numbers);
    }

    /** More rows of an expert than one product takes with others. */
    @Test
    void moeOutput_ofFewExpertsWithVeryManyRows_equalsTheReference() {
        LayerCase layer = layer(GateKind.SOFTMAX, 0, 3, 1, 2, 1, 1000, 5);
        assertEqualsReference(layer, layer.numbers());
    }

    private static void assertEqualsReference(LayerCase layer, Map<String, double[][]> numbers) {
        ReferenceLayer reference = new ReferenceLayer(layer, numbers);
        ReferenceLayer.Output expected = reference.train();
        assertThat(expected.margin()).as("seed whose choices are clear").isGreaterThan(1e-10);
        Map<String, double[][]> gradients = reference.gradients(reference.objective(expected));
        try (FastLayer fast = new FastLayer(KERNELS, layer, numbers, Compute.FLOAT64)) {
            FastLayer.Trained trained = fast.train(expected.primary());
            assertThat(trained.load().rows()).isEqualTo(expected.gating().counts());
            assertClose("y", trained.y(), Scalar.values(expected.y()), 1e-9);
            gradients.forEach((name, gradient) ->
                    assertClose("gradient of " + name, trained.gradients().get(name), gradient, 1e-9));
            assertClose(
                    "served",
                    fast.serve(),
                    Scalar.values(new ReferenceLayer(layer, numbers).serve().y()),
                    1e-9);
        }
    }

    // ---- experts ----

    /** {@code 2 D H} numbers per expert, each of which takes part in one multiplication per row. */
    @Test
    void expertShape_hasNoBiases() {
        try (FastLayer fast =
                new FastLayer(KERNELS, layer(GateKind.NOISY_TOP_K, 0, 5, 2, 4, 6, 1, 1), Compute.FLOAT32)) {
            Map<String, ExpertStack> stacks = fast.mixture().expertStacks();
            assertThat(stacks).containsOnlyKeys("hidden", "output");
            assertThat(stacks.get("hidden").parameter().getShape()).isEqualTo(new Shape(5, 6, 4));
            assertThat(stacks.get("output").parameter().getShape()).isEqualTo(new Shape(5, 4, 6));
            assertThat(fast.mixture().namedParameters()).containsOnlyKeys("gate", "noise", "hidden", "output");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void sigmoidOnMoeOutput_staysWithinZeroAndOne_andIsHalfForExpertsOfZeroWeight(GateKind kind, int groups) {
        LayerCase layer = squashed(layer(kind, groups, 9, 2, 4, 5, 6, 3));
        Map<String, double[][]> numbers = layer.numbers();
        try (FastLayer fast = new FastLayer(KERNELS, layer, numbers, Compute.FLOAT64)) {
            for (double[][] y : List.of(
                    fast.serve(),
                    fast.train(new ReferenceLayer(layer).train().primary()).y())) {
                for (int position : layer.rows()) {
                    assertThat(Arrays.stream(y[position])).allMatch(one -> one > 0 && one < 1);
                }
            }
        }
        for (double[] row : numbers.get("output")) {
            Arrays.fill(row, 0);
        }
        try (FastLayer fast = new FastLayer(KERNELS, layer, numbers, Compute.FLOAT64)) {
            for (int position : layer.rows()) {
                assertThat(fast.serve()[position]).containsOnly(0.5);
            }
        }
    }

    /** The engine's own gradient, which keeps what it computed, against ours, which computes hidden units again. */
    @Test
    void recomputedHiddenActivations_giveTheGradientsOfStoredOnes() {
        LayerCase layer = withoutBalance(layer(GateKind.SOFTMAX, 0, 3, 1, 4, 5, 3, 2));
        Map<String, double[][]> numbers = layer.numbers();
        NDArray x = variable(numbers.get("x"), layer.positions(), 4);
        NDArray gate = variable(numbers.get("gate"), 4, 3);
        NDArray hidden = variable(numbers.get("hidden"), 3, 5, 4);
        NDArray output = variable(numbers.get("output"), 3, 4, 5);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray real = x.get(
                    manager.create(IntStream.of(layer.rows()).asLongStream().toArray()));
            NDArray gates = real.matMul(gate).softmax(1);
            NDArray objective = manager.create(0.0);
            NDArray weighting = variable(numbers.get("weighting"), layer.positions(), 4)
                    .get(manager.create(
                            IntStream.of(layer.rows()).asLongStream().toArray()));
            for (int i = 0; i < 3; i++) {
                NDArray units = real.matMul(hidden.get(i).transpose()).maximum(0.0);
                NDArray one = units.matMul(output.get(i).transpose())
                        .mul(gates.get(":, " + i).expandDims(1));
                objective = objective.add(one.mul(weighting).sum());
            }
            collector.backward(objective);
        }
        try (FastLayer fast = new FastLayer(KERNELS, layer, Compute.FLOAT64)) {
            Map<String, double[][]> gradients =
                    fast.train(new ReferenceLayer(layer).train().primary()).gradients();
            Map.of("x", x, "gate", gate, "hidden", hidden, "output", output)
                    .forEach((name, array) ->
                            assertClose(name, gradients.get(name), Matrices.of(array.getGradient()), 1e-12));
        }
    }

    private NDArray variable(double[][] numbers, long... shape) {
        NDArray array = Matrices.array(manager, DataType.FLOAT64, numbers, shape);
        array.setRequiresGradient(true);
        return array;
    }

    /** Between forward and backward nothing as large as the hidden units is kept, unless there is memory for it. */
    @Test
    void recomputedHiddenActivations_areNotKept() {
        long all = 2L * 64 * 2000;
        assertThat(numbersKept(new ActivationMemory(0))).isPositive().isLessThan(all / 20);
        assertThat(numbersKept(new ActivationMemory(2 * 4 * all))).isBetween(all, all + all / 10);
    }

    private long numbersKept(ActivationMemory memory) {
        Mixture mixture = new Mixture(4, 2, 2000, List.of(), List.of(), 1, 1, 0.01, false, Gating.FLAT);
        int rows = 64;
        try (NDManager parameters = TestDevice.newManager()) {
            MixtureOfExperts layer = new MixtureOfExperts(KERNELS.of(Compute.FLOAT32, mixture), mixture, 2, memory);
            layer.initialize(parameters, DataType.FLOAT32);
            NDManager batch = parameters.newSubManager();
            NDArray x = batch.create(new float[rows * 2], new Shape(rows, 1, 2));
            x.setRequiresGradient(true);
            try (GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
                layer.train(x, batch.arange(rows).toType(DataType.INT64, false), new GradientTape());
            }
            return batch.getManagedArrays().stream().mapToLong(NDArray::size).sum();
        }
    }

    /** The engine adds nothing to what it is told of experts in 16 bits: forward as exact as it is, gradients rounded once. */
    @ParameterizedTest
    @MethodSource("kinds")
    void experts_ofSixteenBits_equalTheReferenceToTheirRounding(GateKind kind, int groups) {
        LayerCase layer = layer(kind, groups, 9, 2, 4, 5, 6, 3);
        try (FastLayer fast = FastLayer.withNarrowExperts(KERNELS, layer)) {
            ReferenceLayer reference = new ReferenceLayer(layer, fast.numbers());
            ReferenceLayer.Output expected = reference.train();
            assertThat(expected.margin()).as("seed whose choices are clear").isGreaterThan(1e-5);
            Map<String, double[][]> gradients = reference.gradients(reference.objective(expected));
            FastLayer.Trained trained = fast.train(expected.primary());
            assertClose("y", trained.y(), Scalar.values(expected.y()), 1e-5);
            gradients.forEach((name, gradient) -> assertClose(
                    "gradient of " + name,
                    trained.gradients().get(name),
                    gradient,
                    name.equals("hidden") || name.equals("output") ? 1.0 / 256 : 1e-4));
        }
    }

    // ---- positions ----

    /** One call for all positions of a batch gives what a call per time step gives. */
    @ParameterizedTest
    @MethodSource("kinds")
    void convolutionalApplication_equalsTheCallsOfSingleSteps(GateKind kind, int groups) {
        LayerCase layer = layer(kind, groups, 9, 2, 4, 5, 6, 5);
        try (FastLayer fast = new FastLayer(KERNELS, layer, Compute.FLOAT32)) {
            double[][] together = fast.serve();
            for (int position : layer.rows()) {
                NDArray x = Matrices.array(
                        manager,
                        DataType.FLOAT32,
                        new double[][] {layer.numbers().get("x")[position]},
                        1,
                        4);
                assertClose("position", Matrices.vector(fast.mixture().rows(x)), together[position], 1e-5);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void padding_isZero_andChangesNothing(GateKind kind, int groups) {
        LayerCase layer = squashed(layer(kind, groups, 9, 2, 4, 5, 3, 4));
        List<Integer> real = IntStream.of(layer.rows()).boxed().toList();
        Map<String, double[][]> numbers = layer.numbers();
        for (int position = 0; position < layer.positions(); position++) {
            if (!real.contains(position)) {
                Arrays.fill(numbers.get("x")[position], Double.NaN);
            }
        }
        ReferenceGates primary = new ReferenceLayer(layer).train().primary();
        try (FastLayer fast = new FastLayer(KERNELS, layer, Compute.FLOAT64);
                FastLayer changed = new FastLayer(KERNELS, layer, numbers, Compute.FLOAT64)) {
            assertThat(changed.serve()).isDeepEqualTo(fast.serve());
            FastLayer.Trained expected = fast.train(primary);
            FastLayer.Trained trained = changed.train(primary);
            assertThat(trained.y()).isDeepEqualTo(expected.y());
            assertThat(trained.balance()).isEqualTo(expected.balance());
            trained.gradients()
                    .forEach((name, gradient) -> assertThat(gradient)
                            .as(name)
                            .isDeepEqualTo(expected.gradients().get(name)));
            for (int position = 0; position < layer.positions(); position++) {
                if (!real.contains(position)) {
                    assertThat(trained.y()[position]).containsOnly(0);
                    assertThat(fast.serve()[position]).containsOnly(0);
                    assertThat(trained.gradients().get("x")[position]).containsOnly(0);
                }
            }
        }
    }

    /** Thresholds that no gate exceeds leave a batch without a single expert. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void renormalisedSparseGate_ofABatchWithoutExperts_isZero(int groups) {
        LayerCase layer = layer(GateKind.STRICTLY_BALANCED, groups, 9, 2, 4, 5, 3, 4);
        for (String name : groups == 0 ? List.of("logThresholds") : List.of("logThresholds", "logGroupThresholds")) {
            Map<String, double[][]> numbers = layer.numbers();
            for (double[] row : numbers.get(name)) {
                Arrays.fill(row, 1);
            }
            try (FastLayer fast = new FastLayer(KERNELS, layer, numbers, Compute.FLOAT64)) {
                assertThat(fast.serve()).isDeepEqualTo(new double[layer.positions()][4]);
            }
        }
    }

    // ---- training ----

    /**
     * Table 6 in little: eight clusters of rows, each with a function of its own to learn, and a gate that starts by sending most of them
     * to the same two of eight small experts.
     */
    @Test
    void lossWeights_otherThanZero_evenOutAndLearnMore() {
        Outcome none = learn(0, 0);
        Outcome both = learn(0.1, 0.1);
        assertThat(both.importanceCv).isLessThan(0.75 * none.importanceCv);
        assertThat(both.error).isLessThan(0.75 * none.error);
    }

    /** Error and imbalance, averaged over the last updates. */
    private record Outcome(double error, double importanceCv) {}

    private static Outcome learn(double importanceWeight, double loadWeight) {
        Mixture mixture =
                new Mixture(8, 2, 3, List.of(), List.of(), importanceWeight, loadWeight, 0.01, false, Gating.FLAT);
        Random random = new Random(2);
        double[][] centres = Matrices.normal(random, 8, 5);
        double[][][] functions = IntStream.range(0, 8)
                .mapToObj(cluster -> Matrices.normal(random, 6, 6))
                .toArray(double[][][]::new);
        int updates = 400;
        double error = 0;
        double cv = 0;
        try (NDManager own = TestDevice.newManager()) {
            MixtureOfExperts layer = new MixtureOfExperts(KERNELS.of(Compute.FLOAT32, mixture), mixture, 6);
            own.getEngine().setRandomSeed(3);
            layer.namedParameters().values().forEach(parameter -> parameter.initialize(own, DataType.FLOAT32));
            layer.expertStacks()
                    .values()
                    .forEach(stack -> stack.parameter().getArray().setRequiresGradient(false));
            double[][] gate = new double[6][8];
            gate[0][0] = 2;
            gate[0][1] = 2;
            Matrices.set(layer.namedParameters().get("gate").getArray(), gate);
            for (int update = 0; update < updates; update++) {
                try (NDManager scratch = own.newSubManager()) {
                    double[][] x = new double[64][];
                    double[][] target = new double[64][6];
                    for (int row = 0; row < 64; row++) {
                        int cluster = row % 8;
                        x[row] = new double[6];
                        x[row][0] = 1;
                        for (int d = 1; d < 6; d++) {
                            x[row][d] = centres[cluster][d - 1] + 0.1 * random.nextGaussian();
                        }
                        for (int d = 0; d < 6; d++) {
                            for (int from = 0; from < 6; from++) {
                                target[row][d] += functions[cluster][from][d] * x[row][from];
                            }
                        }
                    }
                    GradientTape tape = new GradientTape();
                    double loss;
                    ExpertLoad load;
                    try (GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
                        NDArray input = Matrices.array(scratch, DataType.FLOAT32, x, 64, 1, 6);
                        input.setRequiresGradient(true);
                        MixtureOfExperts.Trained trained =
                                layer.train(input, scratch.arange(64).toType(DataType.INT64, false), tape);
                        NDArray difference =
                                trained.y().sub(Matrices.array(scratch, DataType.FLOAT32, target, 64, 1, 6));
                        NDArray squares = difference.square().mean();
                        loss = squares.getFloat();
                        load = trained.load();
                        tape.backward(squares);
                    }
                    descend(layer);
                    if (update >= updates - 50) {
                        error += loss / 50;
                        cv += load.importanceCv() / 50;
                    }
                }
            }
        }
        return new Outcome(error, cv);
    }

    /** Plain descent; gates, whose gradient is small, take larger steps. */
    private static void descend(MixtureOfExperts layer) {
        Map<String, ExpertStack> stacks = layer.expertStacks();
        layer.namedParameters().forEach((name, parameter) -> {
            ExpertStack stack = stacks.get(name);
            double rate = stack == null ? 1 : 0.1;
            NDArray gradient = stack == null ? parameter.getArray().getGradient() : stack.gradient();
            double[][] weights = Matrices.of(parameter.getArray());
            double[][] slope = stack == null ? Matrices.of(gradient) : FastLayer.ofTouched(stack);
            for (int i = 0; i < weights.length; i++) {
                for (int j = 0; j < weights[i].length; j++) {
                    weights[i][j] -= rate * slope[i][j];
                }
            }
            Matrices.set(parameter.getArray(), weights);
            if (stack == null) {
                gradient.subi(gradient.duplicate());
            }
        });
        Arrays.fill(stacks.get("hidden").touched(), false);
    }

    // ---- cases ----

    private LayerCase layer(
            GateKind kind, int groups, int experts, int perRow, int width, int hidden, int sentences, int length) {
        List<Integer> lengths = IntStream.range(0, sentences)
                .map(sentence -> sentence == 0 ? length : 1 + random.nextInt(length))
                .boxed()
                .toList();
        Mixture mixture = new Mixture(
                experts, perRow, hidden, List.of(), List.of(), 0.5, 0.25, 0.01, false, new Gating(kind, groups));
        return new LayerCase(mixture, width, lengths, random.nextLong());
    }

    /** With the logistic function of the gated sum. */
    private static LayerCase squashed(LayerCase layer) {
        return new LayerCase(
                mixture(layer.mixture(), layer.mixture().importanceWeight(), true),
                layer.width(),
                layer.lengths(),
                layer.seed());
    }

    /** Without balance losses; only those of importance are ever other than zero where gates are dense. */
    private static LayerCase withoutBalance(LayerCase layer) {
        return new LayerCase(mixture(layer.mixture(), 0, false), layer.width(), layer.lengths(), layer.seed());
    }

    private static Mixture mixture(Mixture like, double importanceWeight, boolean sigmoid) {
        return new Mixture(
                like.experts(),
                like.perRow(),
                like.hidden(),
                List.of(),
                List.of(),
                importanceWeight,
                like.loadWeight(),
                like.noiseFloor(),
                sigmoid,
                like.gating());
    }
}
