package dev.dragoman.model.mixture;

import static dev.dragoman.model.mixture.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.Engines;
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
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** A layer over several devices, the processor standing in for all of them, beside the same layer on one. */
class ReplicatedMixtureTest {
    private static final double TOLERANCE = 1e-11;
    private static final List<String> STACKS = List.of("hidden", "output");
    private static final LoadedKernels KERNELS = new LoadedKernels(Device::cpu);

    @AfterContainer
    static void closeKernels() {
        KERNELS.close();
    }

    /** What a layer made of a batch, rows in the order of the sentences, whoever computed them. */
    private record Outcome(
            double[][] y, double balance, ExpertLoad load, Map<String, double[]> gradients, double[][] xGradients) {}

    /** A batch: for each sentence its positions, and for each of those the input, the weighting of the output, and the noise. */
    private record Sentence(double[][] x, double[][] weighting, double[][] noise, double[][] groupNoise) {
        int length() {
            return x.length;
        }
    }

    @Provide
    static Arbitrary<LayerCase> layers() {
        return Arbitraries.oneOf(LayerCase.of(GateKind.SOFTMAX), LayerCase.of(GateKind.NOISY_TOP_K));
    }

    @Property(tries = 80)
    void outputsLossesAndGradients_areThoseOfOneDevice(
            @ForAll("layers") LayerCase layer, @ForAll @IntRange(min = 1, max = 4) int devices) {
        List<Sentence> batch = batch(layer);
        int shards = Math.min(
                devices, layer.twoLevel() ? layer.groups() : layer.mixture().experts());
        Outcome alone = alone(layer, batch);
        Outcome together = together(layer, batch, Math.min(devices, batch.size()), shards);
        assertSame(together, alone);
    }

    /** As many rows as four devices see, and as few devices as one. */
    @Property(tries = 20)
    void replicasAndShards_mayDifferInNumber(
            @ForAll("largeLayers") LayerCase layer,
            @ForAll @IntRange(min = 1, max = 4) int replicas,
            @ForAll @IntRange(min = 1, max = 4) int shards) {
        List<Sentence> batch = batch(layer);
        assertSame(together(layer, batch, replicas, shards), alone(layer, batch));
    }

    @Provide
    static Arbitrary<LayerCase> largeLayers() {
        return Arbitraries.longs()
                .flatMap(seed -> Arbitraries.of(0, 4)
                        .map(groups -> new LayerCase(
                                mixture(GateKind.NOISY_TOP_K, groups, 16, 2), 5, List.of(6, 3, 4, 1, 5), seed)));
    }

    private static void assertSame(Outcome actual, Outcome expected) {
        assertClose("y", actual.y(), expected.y(), TOLERANCE);
        assertThat(actual.balance()).isCloseTo(expected.balance(), within(1e-5 * Math.max(1, expected.balance())));
        assertThat(actual.load().rows()).isEqualTo(expected.load().rows());
        assertThat(actual.load().importance()).containsExactly(expected.load().importance(), within(1e-5f));
        assertThat(actual.load().load()).containsExactly(expected.load().load(), within(1e-5f));
        assertClose("gradient of x", actual.xGradients(), expected.xGradients(), TOLERANCE);
        assertThat(actual.gradients()).hasSameSizeAs(expected.gradients());
        expected.gradients()
                .forEach((name, gradient) ->
                        assertClose("gradient of " + name, actual.gradients().get(name), gradient, TOLERANCE));
    }

    /** Four parts, each of which loads other experts, are even as a whole; the mean of what each finds uneven is not zero. */
    @Example
    void balance_isThatOfTheWholeBatch_notTheMeanOfItsParts() {
        LayerCase layer = new LayerCase(mixture(GateKind.NOISY_TOP_K, 0, 8, 2), 6, List.of(5, 5, 5, 5), 3);
        List<Sentence> batch = batch(layer);
        Outcome whole = alone(layer, batch);
        Outcome four = together(layer, batch, 4, 4);
        assertSame(four, whole);
        double mean = 0;
        double[] meanGradient = new double[whole.gradients().get("gate").length];
        for (Sentence part : batch) {
            Outcome outcome = alone(layer, List.of(part));
            mean += outcome.balance() / 4;
            for (int i = 0; i < meanGradient.length; i++) {
                meanGradient[i] += outcome.gradients().get("gate")[i];
            }
        }
        assertThat(mean).isGreaterThan(four.balance() + 0.1);
        double distance = IntStream.range(0, meanGradient.length)
                .mapToDouble(i -> Math.abs(meanGradient[i] - four.gradients().get("gate")[i]))
                .max()
                .orElseThrow();
        assertThat(distance)
                .as("gradient of the gate, were the losses taken by parts")
                .isGreaterThan(0.01);
    }

    /** {@code k b d / n}: what one expert sees grows with the number of replicas (section 3.1). */
    @Example
    void batchOfAnExpert_growsWithTheReplicas() {
        LayerCase layer = new LayerCase(mixture(GateKind.STRICTLY_BALANCED, 0, 8, 2), 6, List.of(8, 8, 8, 8), 4);
        List<Sentence> batch = batch(layer);
        int k = 2;
        int b = 8;
        int n = 8;
        for (int d : new int[] {1, 2, 4}) {
            Outcome outcome = together(layer, batch.subList(0, d), d, 4);
            assertThat(outcome.load().rows()).hasSize(n).containsOnly(k * b * d / n);
        }
    }

    /** With thresholds, which have a loss of their own, a mean over all rows. */
    @Example
    void strictlyBalanced_partsThatAreAlike_giveWhatOneGives() {
        LayerCase layer = new LayerCase(mixture(GateKind.STRICTLY_BALANCED, 0, 8, 2), 6, List.of(8), 5);
        Sentence part = batch(layer).get(0);
        Outcome one = alone(layer, List.of(part));
        Outcome three = together(layer, List.of(part, part, part), 3, 2);
        assertThat(three.balance()).isCloseTo(one.balance(), within(1e-5));
        assertClose(
                "gradient of the thresholds",
                three.gradients().get("logThresholds"),
                one.gradients().get("logThresholds"),
                TOLERANCE);
        assertThat(Arrays.stream(one.gradients().get("logThresholds"))
                        .map(Math::abs)
                        .max()
                        .orElseThrow())
                .isPositive();
    }

    @Property(tries = 60)
    void sequences_areThoseOfOneDevice(
            @ForAll("servedLayers") LayerCase layer, @ForAll @IntRange(min = 1, max = 4) int devices) {
        List<Sentence> batch = batch(layer);
        int shards = Math.min(
                devices, layer.twoLevel() ? layer.groups() : layer.mixture().experts());
        int replicas = Math.min(devices, batch.size());
        try (World world = new World(layer)) {
            MixtureOfExperts alone = world.filled();
            double[][] expected =
                    world.sequences(List.of(batch), (xs, rows) -> List.of(alone.sequence(xs.get(0), rows.get(0))));
            ReplicatedMixture replicated = world.replicated(replicas, shards);
            double[][] actual = world.sequences(parts(batch, replicas), replicated::sequences);
            assertClose("y", actual, expected, TOLERANCE);
        }
    }

    @Provide
    static Arbitrary<LayerCase> servedLayers() {
        return LayerCase.any();
    }

    private static Mixture mixture(GateKind kind, int groups, int experts, int perRow) {
        return new Mixture(experts, perRow, 7, List.of(), List.of(), 0.5, 0.3, 0.01, false, new Gating(kind, groups));
    }

    private static Outcome alone(LayerCase layer, List<Sentence> batch) {
        try (World world = new World(layer)) {
            MixtureOfExperts alone = world.filled();
            Outcome outcome = world.train(
                    List.of(batch),
                    (xs, rows, tape, noise) -> List.of(alone.train(xs.get(0), rows.get(0), tape, noise.get(0))));
            Map<String, double[]> gradients = new LinkedHashMap<>();
            alone.namedParameters().forEach((name, parameter) -> {
                ExpertStack stack = alone.expertStacks().get(name);
                gradients.put(name, doubles(stack == null ? parameter.getArray().getGradient() : stack.gradient()));
            });
            outcome.gradients().putAll(gradients);
            return outcome;
        }
    }

    private static Outcome together(LayerCase layer, List<Sentence> batch, int replicas, int shards) {
        try (World world = new World(layer)) {
            ReplicatedMixture replicated = world.replicated(replicas, shards);
            Outcome outcome = world.train(parts(batch, replicas), replicated::train);
            for (MixtureOfExperts replica : world.replicas) {
                replica.namedParameters().forEach((name, parameter) -> {
                    if (!STACKS.contains(name)) {
                        outcome.gradients()
                                .merge(name, doubles(parameter.getArray().getGradient()), World::sum);
                    }
                });
            }
            replicated
                    .expertStacks()
                    .forEach((name, stack) -> outcome.gradients()
                            .merge(name.substring(0, name.indexOf('.')), doubles(stack.gradient()), World::joined));
            return outcome;
        }
    }

    private static List<List<Sentence>> parts(List<Sentence> batch, int parts) {
        return IntStream.range(0, parts)
                .mapToObj(r -> batch.subList(batch.size() * r / parts, batch.size() * (r + 1) / parts))
                .toList();
    }

    private static List<Sentence> batch(LayerCase layer) {
        SplittableRandom random = new SplittableRandom(layer.seed());
        int choices = layer.twoLevel() ? layer.groups() : layer.mixture().experts();
        int innerChoices = layer.mixture().perRow() * layer.groupSize();
        return layer.lengths().stream()
                .map(length -> new Sentence(
                        normal(random, length, layer.width()),
                        normal(random, length, layer.width()),
                        normal(random, length, choices),
                        normal(random, length, innerChoices)))
                .toList();
    }

    private static double[][] normal(SplittableRandom random, int rows, int columns) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            Arrays.setAll(row, i -> random.nextGaussian());
        }
        return values;
    }

    private static double[] doubles(NDArray array) {
        return array.toDoubleArray();
    }

    /** Trains a list of parts. */
    private interface Layer {
        List<MixtureOfExperts.Trained> train(
                List<NDArray> xs, List<NDArray> rows, GradientTape tape, List<List<NDArray>> noise);
    }

    /** Serves a list of parts. */
    private interface Served {
        List<NDArray> sequences(List<NDArray> xs, List<NDArray> rows);
    }

    /** Native memory of one try. */
    private static final class World implements AutoCloseable {
        private final LayerCase layer;
        private final NDManager manager;
        private final Kernels kernels;
        private final List<MixtureOfExperts> replicas = new ArrayList<>();

        World(LayerCase layer) {
            Engines.prepare();
            this.layer = layer;
            manager = NDManager.newBaseManager(Device.cpu());
            kernels = KERNELS.of(Compute.FLOAT64, layer.mixture());
        }

        /** A layer with the case's numbers in all its parameters. */
        MixtureOfExperts filled() {
            MixtureOfExperts mixture = new MixtureOfExperts(kernels, layer.mixture(), layer.width());
            mixture.namedParameters().forEach((name, parameter) -> fill(parameter, values(name), 0));
            return mixture;
        }

        ReplicatedMixture replicated(int copies, int shards) {
            for (int r = 0; r < copies; r++) {
                MixtureOfExperts replica = new MixtureOfExperts(kernels, layer.mixture(), layer.width());
                replica.namedParameters().forEach((name, parameter) -> {
                    if (!STACKS.contains(name)) {
                        fill(parameter, values(name), 0);
                    }
                });
                replicas.add(replica);
            }
            ReplicatedMixture replicated = new ReplicatedMixture(
                    replicas, Collections.nCopies(shards, Device.cpu()), Collections.nCopies(shards, kernels));
            Map<String, Integer> next = new LinkedHashMap<>();
            replicated.parameters().forEach((name, stack) -> {
                String whole = name.substring(0, name.indexOf('.'));
                int from = next.getOrDefault(whole, 0);
                fill(stack, values(whole), from);
                next.put(whole, from + (int) stack.getShape().size());
            });
            return replicated;
        }

        private double[] values(String name) {
            return Arrays.stream(layer.variables().get(name))
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
        }

        private void fill(Parameter parameter, double[] values, int from) {
            Shape shape = parameter.getShape();
            NDArray array = manager.create(Arrays.copyOfRange(values, from, from + (int) shape.size()), shape);
            array.setRequiresGradient(true);
            parameter.setShape(null);
            parameter.setArray(array);
        }

        /** Padded, time-major. */
        private NDArray padded(List<Sentence> part, Function<Sentence, double[][]> numbers) {
            int steps = part.stream().mapToInt(Sentence::length).max().orElseThrow();
            double[] values = new double[steps * part.size() * layer.width()];
            for (int b = 0; b < part.size(); b++) {
                double[][] rows = numbers.apply(part.get(b));
                for (int t = 0; t < rows.length; t++) {
                    System.arraycopy(rows[t], 0, values, (t * part.size() + b) * layer.width(), layer.width());
                }
            }
            return manager.create(values, new Shape(steps, part.size(), layer.width()));
        }

        private static List<int[]> positions(List<Sentence> part) {
            int steps = part.stream().mapToInt(Sentence::length).max().orElseThrow();
            List<int[]> positions = new ArrayList<>();
            for (int t = 0; t < steps; t++) {
                for (int b = 0; b < part.size(); b++) {
                    if (t < part.get(b).length()) {
                        positions.add(new int[] {t, b});
                    }
                }
            }
            return positions;
        }

        private NDArray rows(List<Sentence> part) {
            return manager.create(positions(part).stream()
                    .mapToLong(at -> (long) at[0] * part.size() + at[1])
                    .toArray());
        }

        private List<NDArray> noise(List<Sentence> part) {
            List<int[]> positions = positions(part);
            List<Shape> shapes =
                    new MixtureOfExperts(kernels, layer.mixture(), layer.width()).noiseShapes(positions.size());
            List<NDArray> noise = new ArrayList<>();
            for (int level = 0; level < shapes.size(); level++) {
                boolean inner = level == 1;
                double[] values = positions.stream()
                        .map(at -> inner
                                ? part.get(at[1]).groupNoise()[at[0]]
                                : part.get(at[1]).noise()[at[0]])
                        .flatMapToDouble(Arrays::stream)
                        .toArray();
                noise.add(manager.create(values, shapes.get(level)));
            }
            return noise;
        }

        Outcome train(List<List<Sentence>> parts, Layer trained) {
            List<NDArray> xs = new ArrayList<>();
            parts.forEach(part -> {
                NDArray x = padded(part, Sentence::x);
                x.setRequiresGradient(true);
                xs.add(x);
            });
            List<MixtureOfExperts.Trained> result;
            try (GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
                GradientTape tape = new GradientTape();
                result = trained.train(
                        xs,
                        parts.stream().map(this::rows).toList(),
                        tape,
                        parts.stream().map(this::noise).toList());
                List<NDArray> objectives = new ArrayList<>();
                for (int r = 0; r < parts.size(); r++) {
                    NDArray weighting = padded(parts.get(r), Sentence::weighting);
                    // The second term is that of a residual connection.
                    objectives.add(result.get(r)
                            .y()
                            .mul(weighting)
                            .sum()
                            .add(result.get(r).x().mul(weighting).sum()));
                }
                for (NDArray objective : objectives.subList(1, objectives.size())) {
                    GradientTape.backward(objective, objective.onesLike());
                }
                tape.backward(objectives.get(0));
            }
            return new Outcome(
                    bySentence(
                            parts,
                            result.stream().map(MixtureOfExperts.Trained::y).toList()),
                    result.get(0).balance(),
                    result.get(0).load(),
                    new LinkedHashMap<>(),
                    bySentence(parts, xs.stream().map(NDArray::getGradient).toList()));
        }

        double[][] sequences(List<List<Sentence>> parts, Served served) {
            List<NDArray> xs =
                    parts.stream().map(part -> padded(part, Sentence::x)).toList();
            return bySentence(
                    parts, served.sequences(xs, parts.stream().map(this::rows).toList()));
        }

        /** Real positions sentence by sentence. */
        private double[][] bySentence(List<List<Sentence>> parts, List<NDArray> padded) {
            List<double[]> result = new ArrayList<>();
            for (int r = 0; r < parts.size(); r++) {
                double[] values = doubles(padded.get(r));
                int sentences = parts.get(r).size();
                for (int b = 0; b < sentences; b++) {
                    for (int t = 0; t < parts.get(r).get(b).length(); t++) {
                        int from = (t * sentences + b) * layer.width();
                        result.add(Arrays.copyOfRange(values, from, from + layer.width()));
                    }
                }
            }
            return result.toArray(double[][]::new);
        }

        static double[] sum(double[] a, double[] b) {
            return IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray();
        }

        static double[] joined(double[] a, double[] b) {
            double[] result = Arrays.copyOf(a, a.length + b.length);
            System.arraycopy(b, 0, result, a.length, b.length);
            return result;
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
