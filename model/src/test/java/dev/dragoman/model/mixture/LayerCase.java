package dev.dragoman.model.mixture;

import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A small mixture layer and a batch for it. Its numbers follow from the seed and are exact in 32 bits, so that both precisions start
 * from the same.
 *
 * @param mixture sizes and kind of the layer
 * @param width D
 * @param lengths real positions of each sentence; shorter sentences are padded to the longest
 * @param seed of the numbers
 */
record LayerCase(Mixture mixture, int width, List<Integer> lengths, long seed) {

    /** Sizes of the choice: how many to choose from, in how many groups, and how many to take. */
    private record Choice(int experts, int groups, int perRow) {}

    /** All kinds of gating, flat and in groups, with 1 to 9 experts and 1 to 12 rows. */
    static Arbitrary<LayerCase> any() {
        return Arbitraries.oneOf(of(GateKind.SOFTMAX), of(GateKind.NOISY_TOP_K), of(GateKind.STRICTLY_BALANCED));
    }

    /** As {@link #any()}, of one kind. */
    static Arbitrary<LayerCase> of(GateKind kind) {
        return kind == GateKind.SOFTMAX ? of(kind, flat()) : Arbitraries.oneOf(of(kind, flat()), of(kind, inGroups()));
    }

    /** As {@link #any()}, of one kind and with groups. */
    static Arbitrary<LayerCase> ofGroups(GateKind kind) {
        return of(kind, inGroups());
    }

    private static Arbitrary<LayerCase> of(GateKind kind, Arbitrary<Choice> choices) {
        Arbitrary<Double> weight = Arbitraries.of(0.0, 0.125, 1.0);
        Arbitrary<Mixture> mixture = Combinators.combine(
                        choices, upTo(5), weight, weight, Arbitraries.of(0.0, 0.01), Arbitraries.of(false, true))
                .as((choice, hidden, importanceWeight, loadWeight, noiseFloor, sigmoid) -> new Mixture(
                        choice.experts,
                        choice.perRow,
                        hidden,
                        List.of(),
                        List.of(),
                        importanceWeight,
                        loadWeight,
                        noiseFloor,
                        sigmoid,
                        new Gating(kind, choice.groups)));
        Arbitrary<List<Integer>> lengths = upTo(4).list().ofMinSize(1).ofMaxSize(3);
        // Edge cases of nine parameters would be all that is ever tried; small sizes come often enough without.
        return Combinators.combine(mixture, upTo(6), lengths, Arbitraries.longs())
                .as(LayerCase::new)
                .withoutEdgeCases();
    }

    private static Arbitrary<Choice> flat() {
        return upTo(9).flatMap(experts -> upTo(experts).map(perRow -> new Choice(experts, 0, perRow)));
    }

    private static Arbitrary<Choice> inGroups() {
        return Combinators.combine(upTo(3), Arbitraries.integers().between(2, 3))
                .flatAs((groups, size) ->
                        upTo(Math.min(groups, size)).map(perRow -> new Choice(groups * size, groups, perRow)));
    }

    private static Arbitrary<Integer> upTo(int most) {
        return Arbitraries.integers().between(1, most);
    }

    GateKind kind() {
        return mixture.gating().kind();
    }

    /** 0 for a flat layer. */
    int groups() {
        return mixture.gating().groups();
    }

    boolean twoLevel() {
        return groups() > 0;
    }

    /** Experts among which one matrix of gates chooses. */
    int groupSize() {
        return twoLevel() ? mixture.experts() / groups() : mixture.experts();
    }

    /** B. */
    int sentences() {
        return lengths.size();
    }

    /** T, the padded length. */
    int steps() {
        return lengths.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    /** {@code T B}, padding included. */
    int positions() {
        return steps() * sentences();
    }

    /** {@code [N]}: flat time-major indices of the real positions, ascending. */
    int[] rows() {
        return IntStream.range(0, positions())
                .filter(position -> position / sentences() < lengths.get(position % sentences()))
                .toArray();
    }

    /**
     * Everything that the layer can be differentiated by: {@code x [T B, D]}, whose padding holds numbers too, which nothing may see; and
     * the parameters under the names that {@link Gate} and {@link MixtureOfExperts} give them, as far as this kind has them. Of shapes
     * with three sizes the first two are one, so that matrices lie one below the other; vectors are matrices of one row.
     */
    Map<String, double[][]> variables() {
        int choices = groupSize();
        int matrices = Math.max(1, groups());
        Map<String, double[][]> variables = new LinkedHashMap<>();
        variables.put("x", normal("x", positions(), width));
        variables.put("gate", normal("gate", matrices * width, choices));
        if (twoLevel()) {
            variables.put("groupGate", normal("groupGate", width, groups()));
        }
        if (kind() == GateKind.NOISY_TOP_K) {
            variables.put("noise", normal("noise", matrices * width, choices));
            if (twoLevel()) {
                variables.put("groupNoise", normal("groupNoise", width, groups()));
            }
        }
        if (kind() == GateKind.STRICTLY_BALANCED) {
            variables.put("logThresholds", logThresholds("logThresholds", matrices, choices));
            if (twoLevel()) {
                variables.put("logGroupThresholds", logThresholds("logGroupThresholds", 1, groups()));
            }
        }
        variables.put("hidden", normal("hidden", mixture.experts() * mixture.hidden(), width));
        variables.put("output", normal("output", mixture.experts() * width, mixture.hidden()));
        return variables;
    }

    /**
     * The {@link #variables}, and what the layer is not differentiated by:
     *
     * <ul>
     *   <li>{@code epsilon [N, E]}, or {@code [N, groups]}: standard normal numbers
     *   <li>{@code epsilonInGroups [N, E]}, group by group, of which a row uses those of its groups
     *   <li>{@code weighting [T B, D]}, what the output is multiplied by in the objective
     * </ul>
     */
    Map<String, double[][]> numbers() {
        Map<String, double[][]> numbers = new LinkedHashMap<>(variables());
        int rows = rows().length;
        numbers.put("epsilon", normal("epsilon", rows, twoLevel() ? groups() : mixture.experts()));
        numbers.put("epsilonInGroups", normal("epsilonInGroups", rows, mixture.experts()));
        numbers.put("weighting", normal("weighting", positions(), width));
        return numbers;
    }

    /** {@link #numbers} of this batch with the parameters of another layer of the same sizes. */
    Map<String, double[][]> numbersWithParametersOf(LayerCase other) {
        Map<String, double[][]> numbers = numbers();
        other.variables().forEach((name, matrix) -> {
            if (!name.equals("x")) {
                numbers.put(name, matrix);
            }
        });
        return numbers;
    }

    private double[][] normal(String name, int rows, int columns) {
        SplittableRandom random = random(name);
        double[][] matrix = new double[rows][columns];
        for (double[] row : matrix) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return matrix;
    }

    /** Around the mean of a softmax over {@code columns}. */
    private double[][] logThresholds(String name, int rows, int columns) {
        SplittableRandom random = random(name);
        double[][] matrix = new double[rows][columns];
        for (double[] row : matrix) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) Math.log(random.nextDouble(0.3, 1.5) / columns);
            }
        }
        return matrix;
    }

    private SplittableRandom random(String name) {
        return new SplittableRandom(seed + name.hashCode());
    }
}
