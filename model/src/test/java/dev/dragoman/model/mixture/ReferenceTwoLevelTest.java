package dev.dragoman.model.mixture;

import static dev.dragoman.model.mixture.Closeness.assertClose;
import static dev.dragoman.model.mixture.Matrices.normal;
import static dev.dragoman.model.mixture.Matrices.normalScalars;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What follows from equations 12 to 14 of Shazeer et al. 2017. */
class ReferenceTwoLevelTest {
    @Property(tries = 200)
    void everyRow_hasTheProductOfBothChoices_andSumsToOne(@ForAll long seed) {
        ReferenceGates gates = hierarchy(new Random(seed), 6).gates;
        for (Scalar[] row : gates.gates()) {
            assertThat(Arrays.stream(row).filter(gate -> gate.value() > 0)).hasSize(4);
            assertThat(Scalar.sum(row).value()).isCloseTo(1, within(1e-12));
        }
        assertThat(Scalar.sum(gates.importance()).value()).isCloseTo(6, within(1e-12));
    }

    /** The loads of a group's experts sum to the primary load times the mean, over the group's rows, of their smooth choices. */
    @Property(tries = 200)
    void load_sumsOverAGroup_toThePrimaryLoadTimesTheMeanChoices(@ForAll long seed) {
        Hierarchy hierarchy = hierarchy(new Random(seed), 6);
        for (int group = 0; group < 3; group++) {
            int members = hierarchy.primary.counts()[group];
            Assume.that(members > 0);
            double sum = IntStream.range(3 * group, 3 * group + 3)
                    .mapToDouble(i -> hierarchy.gates.load()[i].value())
                    .sum();
            double choices = Scalar.sum(hierarchy.inside[group].load()).value() / members;
            assertThat(sum).isCloseTo(hierarchy.primary.load()[group].value() * choices, within(1e-12));
        }
    }

    /** Which the simpler choice, the load inside the group alone, would not give. */
    @Test
    void load_hasAGradientByThePrimaryGate() {
        Hierarchy hierarchy = hierarchy(new Random(6), 6);
        double[][] gradient =
                ReferenceGates.cvSquared(hierarchy.gates.load()).gradient().by(hierarchy.primaryGate);
        assertThat(Arrays.stream(gradient[0])).allMatch(one -> Math.abs(one) > 1e-4);
    }

    @Test
    void load_ofAGroupThatNoRowChose_isZero() {
        Scalar[][] x = Scalar.of(new double[][] {{1}, {2}});
        ReferenceGates primary = ReferenceGates.noisyTopK(
                x, Scalar.of(new double[][] {{1, 0, -1}}), Scalar.of(new double[1][3]), new double[2][3], 2, 0);
        ReferenceGates gates = ReferenceGates.twoLevel(
                primary,
                (group, rows) -> ReferenceGates.noisyTopK(
                        Arrays.copyOf(x, rows.length),
                        Scalar.of(new double[1][2]),
                        Scalar.of(new double[1][2]),
                        new double[rows.length][2],
                        1,
                        0));
        assertThat(primary.load()[2].value()).as("chance of the group").isPositive();
        assertThat(gates.load()[4].value()).isZero();
        assertThat(gates.load()[5].value()).isZero();
        assertThat(gates.counts()).containsExactly(2, 0, 2, 0, 0, 0);
    }

    /** One group is no hierarchy: its gate is 1 and the layer is flat. */
    @Property(tries = 100)
    void oneGroup_isTheFlatLayer(@ForAll long seed) {
        RandomGenerator random = new Random(seed);
        ReferenceGates flat = randomGates(random, 5, 3, 4, 2);
        ReferenceGates all = ReferenceGates.softmax(Scalar.of(new double[5][1]), Scalar.of(new double[1][1]));
        ReferenceGates gates = ReferenceGates.twoLevel(all, (group, rows) -> flat);
        assertClose("gates", Scalar.values(gates.gates()), Scalar.values(flat.gates()), 1e-12);
        assertClose("load", Scalar.values(gates.load()), Scalar.values(flat.load()), 1e-12);
    }

    /** Three groups of three experts, two of each per row. */
    private Hierarchy hierarchy(RandomGenerator random, int rows) {
        Scalar[][] x = normalScalars(random, rows, 3);
        Scalar[][] gate = normalScalars(random, 3, 3);
        ReferenceGates primary =
                ReferenceGates.noisyTopK(x, gate, normalScalars(random, 3, 3), normal(random, rows, 3), 2, 0.01);
        ReferenceGates[] inside = new ReferenceGates[3];
        ReferenceGates gates = ReferenceGates.twoLevel(primary, (group, members) -> {
            Scalar[][] own = IntStream.of(members).mapToObj(row -> x[row]).toArray(Scalar[][]::new);
            inside[group] = ReferenceGates.noisyTopK(
                    own,
                    normalScalars(random, 3, 3),
                    normalScalars(random, 3, 3),
                    normal(random, members.length, 3),
                    2,
                    0.01);
            return inside[group];
        });
        return new Hierarchy(gate, primary, inside, gates);
    }

    private record Hierarchy(
            Scalar[][] primaryGate, ReferenceGates primary, ReferenceGates[] inside, ReferenceGates gates) {}

    private static ReferenceGates randomGates(RandomGenerator random, int rows, int width, int experts, int k) {
        return ReferenceGates.noisyTopK(
                normalScalars(random, rows, width),
                normalScalars(random, width, experts),
                normalScalars(random, width, experts),
                normal(random, rows, experts),
                k,
                0);
    }
}
