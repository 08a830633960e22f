package dev.dragoman.model.mixture;

import static dev.dragoman.model.mixture.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.block.GradientTape;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Shazeer et al. 2017 say of gates and their losses. {@link MixtureAgainstReferenceTest} compares all of them with loops. */
@ExtendWith(TestDevice.class)
class GateTest {
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

    // ---- noisy top-k: equations 3 to 5 and 8 to 10 ----

    /** Four experts, two per row; an input of 1 makes the weights themselves the logits. */
    @Test
    void noisyTopKGate_andLoadEstimator_ofTheWorkedExample() {
        Assigned assigned = worked().train(new double[][] {{1}}, new double[][] {{0.3, -1.2, 0.8, 0.1}});
        assertThat(assigned.gates[0]).containsExactly(new double[] {0.752229, 0, 0, 0.247771}, within(5e-7));
        assertThat(assigned.load).containsExactly(new double[] {0.925323, 0.620410, 0.133715, 0.499750}, within(5e-7));
    }

    /** Equation 8 by its words: of many rows that differ in the noise of one expert only, the share that chooses it. */
    @Test
    void loadEstimator_isTheShareOfRedrawsThatChooseTheExpert() {
        int draws = 40_000;
        double[] noise = {0.3, -1.2, 0.8, 0.1};
        double[][] ones = new double[draws][1];
        for (double[] one : ones) {
            one[0] = 1;
        }
        double[] load = worked().train(new double[][] {{1}}, new double[][] {noise}).load;
        for (int i = 0; i < 4; i++) {
            double[][] redrawn = new double[draws][];
            for (int draw = 0; draw < draws; draw++) {
                redrawn[draw] = noise.clone();
                redrawn[draw][i] = random.nextGaussian();
            }
            assertThat((double) worked().train(ones, redrawn).counts()[i] / draws)
                    .isCloseTo(load[i], within(0.01));
        }
    }

    @Test
    void noisyTopKGate_hasKNonZeros_thatSumToOne() {
        for (int k = 1; k <= 7; k++) {
            Trained gate = random(noisy(7, k, 0.01), 4);
            for (double[] row : gate.trainOnRandomRows(50).gates) {
                assertThat(Arrays.stream(row).filter(one -> one > 0)).hasSize(k);
                assertThat(Arrays.stream(row).sum()).isCloseTo(1, within(1e-12));
            }
        }
    }

    @Test
    void noisyTopKGate_ofAllExpertsWithoutNoise_isTheSoftmax() {
        double[][] x = Matrices.normal(random, 10, 3);
        Trained all = random(noisy(6, 6, 0), 3);
        Trained softmax = random(mixture(6, 6, 0, new Gating(GateKind.SOFTMAX, 0)), 3);
        softmax.set("gate", all.get("gate"));
        Assigned expected = softmax.train(x);
        Assigned assigned = all.train(x, new double[10][6]);
        assertClose("gates", assigned.gates, expected.gates, 1e-12);
        assertThat(assigned.load).as("nothing is excluded, so counts are hard").containsOnly(10);
        assertThat(expected.load).containsOnly(10);
    }

    // ---- the start ----

    @Test
    void gateInit_ofNoisyGates_isZero() {
        for (int groups : new int[] {0, 4}) {
            Trained gate = initial(mixture(16, 2, 0, new Gating(GateKind.NOISY_TOP_K, groups)), 5);
            assertThat(gate.parameters.values())
                    .hasSize(groups == 0 ? 2 : 4)
                    .allSatisfy(parameter -> assertThat(
                                    parameter.getArray().abs().max().getDouble())
                            .isZero());
        }
    }

    /** Counts within five standard deviations of the fair share, and the mean chance of an expert close to k / E. */
    @Test
    void gateInit_loadsExpertsEvenly_fromTheFirstBatch() {
        int rows = 20_000;
        Assigned assigned = initial(noisy(16, 4, 0), 3).trainOnRandomRows(rows);
        double fair = rows / 4.0;
        for (int count : assigned.counts()) {
            assertThat((double) count).isCloseTo(fair, within(5 * Math.sqrt(fair * 0.75)));
        }
        for (double load : assigned.load) {
            assertThat(load / rows).isCloseTo(0.25, within(0.01));
        }
        assertThat(Arrays.stream(assigned.load).sum() / 16 / rows).isCloseTo(0.25, within(0.004));
    }

    /** Random, since zeros would be ties; thresholds at the gate of a row that prefers nothing. */
    @Test
    void gateInit_ofStrictlyBalancedGates_breaksTies() {
        for (int groups : new int[] {0, 3}) {
            int choices = groups == 0 ? 12 : 4;
            Trained gate = initial(mixture(12, 2, 0, new Gating(GateKind.STRICTLY_BALANCED, groups)), 5);
            assertThat(Arrays.stream(gate.get("gate"))
                            .flatMapToDouble(Arrays::stream)
                            .distinct()
                            .count())
                    .isGreaterThan(50);
            assertThat(Arrays.stream(gate.get("logThresholds")).flatMapToDouble(Arrays::stream))
                    .allSatisfy(one -> assertThat(Math.exp(one)).isCloseTo(1.0 / choices, within(1e-6)));
        }
    }

    // ---- balance losses: equations 6, 7, 10 and 11 ----

    @Test
    void importanceLoss_ofKnownVectors() {
        assertThat(cvSquared(1, 2, 3, 4)).isCloseTo(0.2, within(1e-9));
        assertThat(cvSquared(1, 0, 0, 0)).isCloseTo(3, within(1e-8));
        assertThat(cvSquared(5, 5, 5)).isZero();
        assertThat(cvSquared(0, 0, 0)).isZero();
    }

    @Test
    void importanceLoss_hasTheClosedGradient() {
        double[] numbers = random.doubles(9, 0.5, 5).toArray();
        NDArray v = Matrices.array(manager, DataType.FLOAT64, new double[][] {numbers}, 9);
        v.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(exact().one("cv_squared", true, v));
        }
        double mean = Arrays.stream(numbers).average().orElseThrow();
        double variance = Arrays.stream(numbers)
                .map(one -> (one - mean) * (one - mean))
                .average()
                .orElseThrow();
        assertClose(
                "gradient",
                Matrices.vector(v.getGradient()),
                Arrays.stream(numbers)
                        .map(one -> 2 / (9 * mean * mean) * (one - mean - variance / mean))
                        .toArray(),
                1e-9);
    }

    @Test
    void importance_sumsToTheRows_andItsLossIsThatOfTheShares() {
        for (Gating gating : gatings()) {
            if (gating.kind() != GateKind.STRICTLY_BALANCED) {
                Assigned assigned = random(mixture(6, 2, 0.01, gating), 3).trainOnRandomRows(30);
                assertThat(Arrays.stream(assigned.importance).sum()).isCloseTo(30, within(1e-9));
                double squares = Arrays.stream(assigned.importance)
                        .map(one -> one / 30 * one / 30)
                        .sum();
                assertThat(assigned.terms[0]).isCloseTo(6 * squares - 1, within(1e-9));
            }
        }
    }

    @Test
    void importanceLoss_ofUniformGates_isZero() {
        Assigned assigned =
                initial(mixture(5, 1, 0, new Gating(GateKind.SOFTMAX, 0)), 3).trainOnRandomRows(8);
        assertThat(assigned.terms[0]).isCloseTo(0, within(1e-20));
    }

    /** From gates that send every row to the same two experts, descent on one loss alone. */
    @Test
    void loadLoss_alone_evensOutASkewedGate() {
        Trained gate = skewed(noisy(6, 2, 0.01));
        assertThat(overflow(gate)).isGreaterThan(2.5);
        for (int update = 0; update < 400; update++) {
            gate.descendOn(1, 1);
        }
        assertThat(overflow(gate)).isLessThan(1.25);
    }

    @Test
    void importanceLoss_alone_evensOutTheImportance() {
        Trained gate = skewed(noisy(6, 2, 0.01));
        for (int update = 0; update < 1000; update++) {
            gate.descendOn(0, 2);
        }
        assertThat(gate.trainOnRandomRows(1000).terms[0]).isLessThan(0.3);
    }

    private static double overflow(Trained gate) {
        int[] counts = gate.trainOnRandomRows(2000).counts();
        return Arrays.stream(counts).max().orElseThrow()
                / Arrays.stream(counts).average().orElseThrow();
    }

    // ---- two levels: equations 12 to 14 ----

    @Test
    void hierarchicalOutput_hasTheProductsOfTwoChoices_thatSumToOne() {
        Trained gate = random(mixture(12, 2, 0.01, new Gating(GateKind.NOISY_TOP_K, 4)), 3);
        for (double[] row : gate.trainOnRandomRows(50).gates) {
            assertThat(Arrays.stream(row).filter(one -> one > 0)).hasSize(4);
            assertThat(Arrays.stream(row).sum()).isCloseTo(1, within(1e-12));
            long groups = IntStream.range(0, 12)
                    .filter(i -> row[i] > 0)
                    .map(i -> i / 3)
                    .distinct()
                    .count();
            assertThat(groups).isEqualTo(2);
        }
    }

    @Test
    void hierarchicalBalance_reachesThePrimaryGateByTheLoadAlone() {
        Trained gate = random(mixture(12, 2, 0.01, new Gating(GateKind.NOISY_TOP_K, 4)), 3);
        gate.descendOn(1, 0);
        for (String name : List.of("groupGate", "groupNoise", "gate", "noise")) {
            assertThat(gate.parameters
                            .get(name)
                            .getArray()
                            .getGradient()
                            .abs()
                            .max()
                            .getDouble())
                    .as(name)
                    .isGreaterThan(1e-4);
        }
    }

    // ---- strictly balanced: equations 15 to 20 ----

    private static final double[][] DISTRIBUTIONS = {
        {.7, .2, .1}, {.6, .3, .1}, {.5, .1, .4}, {.1, .3, .6}, {.2, .5, .3}, {.3, .4, .3}
    };

    @Test
    void batchwiseMask_ofTheWorkedExample() {
        Assigned assigned = balancedWorked(.55, .35, .35).train(logarithms());
        assertClose(
                "gates",
                assigned.gates,
                new double[][] {{1, 0, 0}, {1, 0, 0}, {0, 0, 1}, {0, 0, 1}, {0, 1, 0}, {0, 1, 0}},
                1e-12);
        assertThat(assigned.terms[2]).as("loss of thresholds that agree").isCloseTo(0, within(1e-12));
    }

    /** The loss and its gradient are per row, and by the logarithm of the threshold. */
    @Test
    void thresholdMaskAndLoss_ofTheWorkedExample() {
        Trained gate = balancedWorked(.4, .45, .2);
        Assigned assigned = gate.train(logarithms());
        assertThat(6 * assigned.terms[2]).isCloseTo(0.35, within(1e-12));
        gate.descend(logarithms(), 2, 0);
        double[] gradient =
                Matrices.vector(gate.parameters.get("logThresholds").getArray().getGradient());
        assertClose("gradient", gradient, new double[] {-.4 / 6, .45 / 6, -2 * .2 / 6}, 1e-12);
        assertThat(gate.parameters
                        .get("gate")
                        .getArray()
                        .getGradient()
                        .abs()
                        .max()
                        .getDouble())
                .as("trains the thresholds only")
                .isZero();
    }

    @Test
    void batchwiseMask_givesEveryExpertTheSameRows() {
        for (int rows : new int[] {1, 2, 7, 12, 50}) {
            for (int experts : new int[] {1, 2, 6, 9}) {
                int k = Math.min(2, experts);
                Assigned assigned = random(mixture(experts, k, 0, new Gating(GateKind.STRICTLY_BALANCED, 0)), 3)
                        .trainOnRandomRows(rows);
                int most = Math.max(1, (int) Math.floor((double) k * rows / experts + 0.5));
                assertThat(assigned.counts()).containsOnly(most);
                assertThat(assigned.load).containsOnly(most);
            }
        }
    }

    /** m_1 = k |X| / a rows per group, and m_2 = k m_1 / b of them per expert. */
    @Test
    void batchwiseMask_ofTwoLevels_givesEveryExpertTheSameRows() {
        Assigned assigned = random(mixture(12, 2, 0, new Gating(GateKind.STRICTLY_BALANCED, 4)), 3)
                .trainOnRandomRows(30);
        assertThat(assigned.counts()).containsOnly(10);
    }

    @Test
    void renormalisedSparseGate_sumsToOneOrNothing() {
        Assigned assigned = random(mixture(8, 1, 0, new Gating(GateKind.STRICTLY_BALANCED, 0)), 3)
                .trainOnRandomRows(40);
        int without = 0;
        for (double[] row : assigned.gates) {
            double sum = Arrays.stream(row).sum();
            boolean empty = Arrays.stream(row).allMatch(one -> one == 0);
            assertThat(sum).isCloseTo(empty ? 0 : 1, within(1e-12));
            without += empty ? 1 : 0;
        }
        assertThat(without).as("rows without experts").isPositive();
    }

    /**
     * An expert that all rows shun has to take its share all the same, though their gates for it may be zero to the last bit, and no other
     * expert may take those rows.
     */
    @Test
    void renormalisedSparseGate_ofAnExpertThatAllRowsShun_isANumber() {
        Trained gate = random(mixture(3, 1, 0, new Gating(GateKind.STRICTLY_BALANCED, 0)), 2);
        gate.set("gate", new double[][] {{-2000, 0, 0}, {0, 1, -1}});
        List<double[]> rows = new ArrayList<>();
        for (double preference : new double[] {2, 1.5, 0.1, -0.1, -1.5, -2}) {
            rows.add(new double[] {1, preference});
        }
        for (int order = 0; order < 30; order++) {
            Collections.shuffle(rows, random);
            double[][] x = rows.toArray(new double[0][]);
            Assigned assigned = gate.train(x);
            assertThat(assigned.counts()).containsOnly(2);
            assertThat(Arrays.stream(assigned.gates).flatMapToDouble(Arrays::stream))
                    .allMatch(Double::isFinite);
            gate.descend(x, 0, 0);
            assertThat(Arrays.stream(Matrices.of(
                                    gate.parameters.get("gate").getArray().getGradient()))
                            .flatMapToDouble(Arrays::stream))
                    .allMatch(Double::isFinite);
        }
    }

    /** Trained on their loss alone, thresholds admit as many rows of batches never seen as the batchwise rule takes. */
    @Test
    void thresholdMaskAndLoss_onceTrained_admitTheShareOfHeldOutRows() {
        Trained gate = random(mixture(4, 1, 0, new Gating(GateKind.STRICTLY_BALANCED, 0)), 3);
        for (int update = 0; update < 500; update++) {
            gate.descend(Matrices.normal(random, 40, 3), 2, 0.3 / (1 + update / 50.0));
        }
        double[] thresholds =
                Arrays.stream(gate.get("logThresholds")[0]).map(Math::exp).toArray();
        ReferenceGates held = ReferenceGates.byThresholds(
                Matrices.normalScalars(random, 4000, 3), Scalar.of(gate.get("gate")), Scalar.of(thresholds));
        for (int count : held.counts()) {
            assertThat(count / 100.0).as("rows of 40").isCloseTo(10, within(1.0));
        }
    }

    // ---- all kinds ----

    /** Whatever the kind, an assignment is to a row and an expert that exist, and none twice. */
    @Test
    void assignments_areDistinctPairs() {
        for (Gating gating : gatings()) {
            Trained gate = random(mixture(6, 2, 0.01, gating), 3);
            Assigned assigned = gate.trainOnRandomRows(17);
            long pairs = IntStream.range(0, assigned.routing.rows().length)
                    .mapToLong(a ->
                            assigned.routing.rows()[a] * 6L + assigned.routing.experts()[a])
                    .distinct()
                    .count();
            assertThat(pairs).isEqualTo(assigned.routing.rows().length);
            assertThat(Arrays.stream(assigned.routing.rows())).allMatch(row -> row >= 0 && row < 17);
            assertThat(Arrays.stream(assigned.routing.experts())).allMatch(expert -> expert >= 0 && expert < 6);
        }
    }

    private static List<Gating> gatings() {
        return List.of(
                new Gating(GateKind.SOFTMAX, 0),
                new Gating(GateKind.NOISY_TOP_K, 0),
                new Gating(GateKind.NOISY_TOP_K, 3),
                new Gating(GateKind.STRICTLY_BALANCED, 0),
                new Gating(GateKind.STRICTLY_BALANCED, 3));
    }

    // ---- a gate in double precision ----

    private Kernels exact() {
        return KERNELS.of(Compute.FLOAT64, noisy(2, 1, 0));
    }

    private double cvSquared(double... numbers) {
        NDArray v = Matrices.array(manager, DataType.FLOAT64, new double[][] {numbers}, numbers.length);
        return exact().one("cv_squared", false, v).getDouble();
    }

    private static Mixture noisy(int experts, int perRow, double floor) {
        return mixture(experts, perRow, floor, Gating.FLAT);
    }

    private static Mixture mixture(int experts, int perRow, double floor, Gating gating) {
        return new Mixture(experts, perRow, 1, List.of(), List.of(), 1, 1, floor, false, gating);
    }

    private Trained worked() {
        Trained gate = initial(noisy(4, 2, 0), 1);
        gate.set("gate", new double[][] {{1, 0.5, -0.25, 0}});
        gate.set("noise", new double[][] {{0, 1, -1, 0.5}});
        return gate;
    }

    /** With an identity as gate, the softmax of logarithms is the distribution itself. */
    private Trained balancedWorked(double... thresholds) {
        Trained gate = initial(mixture(3, 1, 0, new Gating(GateKind.STRICTLY_BALANCED, 0)), 3);
        gate.set("gate", new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
        gate.set(
                "logThresholds",
                new double[][] {Arrays.stream(thresholds).map(Math::log).toArray()});
        return gate;
    }

    private static double[][] logarithms() {
        return Arrays.stream(DISTRIBUTIONS)
                .map(row -> Arrays.stream(row).map(Math::log).toArray())
                .toArray(double[][]::new);
    }

    private Trained initial(Mixture mixture, int width) {
        return new Trained(mixture, width);
    }

    private Trained random(Mixture mixture, int width) {
        Trained gate = initial(mixture, width);
        gate.parameters.keySet().stream()
                .filter(name -> !name.contains("Thresholds"))
                .forEach(name -> {
                    double[][] shape = gate.get(name);
                    gate.set(name, Matrices.normal(random, shape.length, shape[0].length));
                });
        return gate;
    }

    /** Rows have a constant first input, for which the first two experts have a large weight. */
    private Trained skewed(Mixture mixture) {
        Trained gate = initial(mixture, 3);
        gate.constantInput = true;
        double[][] weights = Matrices.normal(random, 3, mixture.experts());
        Arrays.fill(weights[0], 0);
        weights[0][0] = 6;
        weights[0][1] = 6;
        gate.set("gate", weights);
        return gate;
    }

    /** What a gate decided, as matrices: gates {@code [N, E]}, importance and load {@code [E]}. */
    private record Assigned(Routing routing, double[][] gates, double[] importance, double[] load, double[] terms) {
        int[] counts() {
            int[] counts = new int[importance.length];
            for (int expert : routing.experts()) {
                counts[expert]++;
            }
            return counts;
        }
    }

    /** A gate with its parameters, outside of a layer. */
    private final class Trained {
        private final Map<String, Parameter> parameters = new LinkedHashMap<>();
        private final Mixture mixture;
        private final int width;
        private final Gate gate;
        private boolean constantInput;

        Trained(Mixture mixture, int width) {
            this.mixture = mixture;
            this.width = width;
            gate = new Gate(KERNELS.of(Compute.FLOAT64, mixture), mixture, width, (name, initializer, shape) -> {
                Parameter parameter = Parameter.builder()
                        .setName(name)
                        .setType(Parameter.Type.OTHER)
                        .optShape(new Shape(shape))
                        .optInitializer(initializer)
                        .build();
                parameter.initialize(manager, DataType.FLOAT64);
                parameters.put(name, parameter);
                return parameter;
            });
        }

        double[][] get(String name) {
            return Matrices.of(parameters.get(name).getArray());
        }

        void set(String name, double[][] numbers) {
            Matrices.set(parameters.get(name).getArray(), numbers);
        }

        private double[][] randomRows(int rows) {
            double[][] x = Matrices.normal(random, rows, width);
            for (double[] row : x) {
                row[0] = constantInput ? 1 : row[0];
            }
            return x;
        }

        /** With noise drawn at random. */
        Assigned trainOnRandomRows(int rows) {
            return assigned(rows, routing(randomRows(rows)));
        }

        Assigned train(double[][] x, double[][]... noise) {
            List<NDArray> arrays = IntStream.range(0, noise.length)
                    .mapToObj(i -> Matrices.array(
                            manager,
                            DataType.FLOAT64,
                            noise[i],
                            gate.noiseShapes(x.length).get(i).getShape()))
                    .toList();
            return assigned(x.length, gate.train(rows(x), arrays));
        }

        private NDArray rows(double[][] x) {
            return Matrices.array(manager, DataType.FLOAT64, x, x.length, width);
        }

        private Routing routing(double[][] x) {
            List<NDArray> noise = gate.noiseShapes(x.length).stream()
                    .map(shape -> Matrices.array(
                            manager,
                            DataType.FLOAT64,
                            Matrices.normal(random, 1, (int) shape.size()),
                            shape.getShape()))
                    .toList();
            return gate.train(GradientTape.leaf(rows(x)), noise);
        }

        private Assigned assigned(int rows, Routing routing) {
            double[][] gates = new double[rows][mixture.experts()];
            double[] values = Matrices.vector(routing.gates());
            for (int a = 0; a < values.length; a++) {
                gates[routing.rows()[a]][routing.experts()[a]] = values[a];
            }
            return new Assigned(
                    routing,
                    gates,
                    Matrices.vector(routing.importance()),
                    Matrices.vector(routing.load()),
                    Matrices.vector(routing.terms()));
        }

        /** One update on a batch of 24 random rows. */
        void descendOn(int term, double rate) {
            descend(randomRows(24), term, rate);
        }

        /** Takes the gradient of one balance term, and a step of {@code rate} against it. */
        void descend(double[][] x, int term, double rate) {
            try (GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
                Routing routing = routing(x);
                NDArray terms = routing.terms();
                NDArray one = manager.zeros(terms.getShape(), DataType.FLOAT64);
                one.setScalar(new NDIndex(term), 1);
                GradientTape.backward(terms, one);
                routing.onward().run();
            }
            for (String name : parameters.keySet()) {
                double[][] weights = get(name);
                double[][] gradient =
                        Matrices.of(parameters.get(name).getArray().getGradient());
                for (int i = 0; i < weights.length; i++) {
                    for (int j = 0; j < weights[i].length; j++) {
                        weights[i][j] -= rate * gradient[i][j];
                    }
                }
                if (rate > 0) {
                    NDArray gradientArray = parameters.get(name).getArray().getGradient();
                    gradientArray.subi(gradientArray.duplicate());
                    set(name, weights);
                }
            }
        }
    }
}
