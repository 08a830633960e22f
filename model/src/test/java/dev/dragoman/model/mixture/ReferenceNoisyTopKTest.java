package dev.dragoman.model.mixture;

import static dev.dragoman.model.mixture.Closeness.assertClose;
import static dev.dragoman.model.mixture.Matrices.normal;
import static dev.dragoman.model.mixture.Matrices.normalScalars;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What follows from equations 2 to 10 of Shazeer et al. 2017. */
class ReferenceNoisyTopKTest {
    @Test
    void load_atZeroWeights_isTheFairShare() {
        Scalar[][] zero = Scalar.of(new double[1][16]);
        Scalar[][] x = Scalar.of(new double[][] {{1}});
        Random random = new Random(2);
        double[] mean = new double[16];
        int rows = 20_000;
        for (int row = 0; row < rows; row++) {
            double[][] epsilon = {
                random.doubles(16).map(any -> random.nextGaussian()).toArray()
            };
            Scalar[] load =
                    ReferenceGates.noisyTopK(x, zero, zero, epsilon, 4, 0).load();
            for (int i = 0; i < 16; i++) {
                mean[i] += load[i].value() / rows;
            }
        }
        assertThat(Arrays.stream(mean).average().orElseThrow()).isCloseTo(0.25, within(0.004));
        assertThat(Arrays.stream(mean)).allMatch(one -> one > 0.24 && one < 0.26);
    }

    @Property(tries = 300)
    void everyRow_hasKGates_thatSumToOne(@ForAll @IntRange(min = 1, max = 9) int experts, @ForAll long seed) {
        RandomGenerator random = new Random(seed);
        int k = 1 + random.nextInt(experts);
        ReferenceGates gates = randomGates(random, 5, 3, experts, k);
        for (Scalar[] row : gates.gates()) {
            assertThat(Arrays.stream(row).filter(gate -> gate.value() > 0)).hasSize(k);
            assertThat(Scalar.sum(row).value()).isCloseTo(1, within(1e-12));
        }
    }

    @Property(tries = 300)
    void importance_sumsToTheRows_andItsCvSquaredIsThatOfTheShares(
            @ForAll @IntRange(min = 1, max = 9) int experts, @ForAll long seed) {
        RandomGenerator random = new Random(seed);
        Scalar[] importance =
                randomGates(random, 7, 3, experts, 1 + random.nextInt(experts)).importance();
        assertThat(Scalar.sum(importance).value()).isCloseTo(7, within(1e-12));
        double shares = Arrays.stream(importance)
                .mapToDouble(one -> one.value() / 7)
                .map(share -> share * share)
                .sum();
        assertThat(ReferenceGates.cvSquared(importance).value())
                .isCloseTo(experts * shares - 1, within(1e-8 * experts));
    }

    @Test
    void importance_ofACollapse_hasCvSquaredOfExpertsOverKLessOne() {
        Scalar[] importance = Scalar.of(new double[256]);
        Arrays.fill(importance, 0, 4, Scalar.of(25));
        assertThat(ReferenceGates.cvSquared(importance).value()).isCloseTo(63, within(1e-6));
    }

    /** In the top k the threshold is the (k+1)-th largest of all, outside it the k-th. */
    @Property(tries = 300)
    void kthExcluding_followsTheRuleOfTheSortedList(
            @ForAll @IntRange(min = 2, max = 9) int experts, @ForAll long seed) {
        Random random = new Random(seed);
        int k = 1 + random.nextInt(experts - 1);
        double[] numbers = random.doubles(experts).toArray();
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        boolean[] kept = ReferenceGates.largest(numbers, k);
        for (int i = 0; i < experts; i++) {
            assertThat(ReferenceGates.kthExcluding(Scalar.of(numbers), k, i).value())
                    .isEqualTo(kept[i] ? sorted[experts - k - 1] : sorted[experts - k]);
        }
    }

    @Property(tries = 200)
    void allExpertsWithoutNoise_areTheSoftmax(@ForAll @IntRange(min = 1, max = 9) int experts, @ForAll long seed) {
        RandomGenerator random = new Random(seed);
        Scalar[][] x = normalScalars(random, 4, 3);
        Scalar[][] gate = normalScalars(random, 3, experts);
        Scalar[][] noise = normalScalars(random, 3, experts);
        ReferenceGates gates = ReferenceGates.noisyTopK(x, gate, noise, new double[4][experts], experts, 0.01);
        double[][] softmax = Scalar.values(ReferenceGates.softmax(x, gate).gates());
        assertClose("gates", Scalar.values(gates.gates()), softmax, 1e-12);
        assertThat(Scalar.values(gates.load())).as("hard counts").containsOnly(4);
        assertThat(gates.load()[0].gradient().by(gate[0][0])).isZero();
    }

    /** One draw may sum to more or less than k, but no draw on average. */
    @Test
    void load_sumsToKPerRow_inExpectation() {
        RandomGenerator random = new Random(3);
        Scalar[][] x = normalScalars(random, 1, 3);
        Scalar[][] gate = normalScalars(random, 3, 6);
        Scalar[][] noise = normalScalars(random, 3, 6);
        int draws = 10_000;
        double mean = 0;
        for (int draw = 0; draw < draws; draw++) {
            ReferenceGates gates = ReferenceGates.noisyTopK(x, gate, noise, normal(random, 1, 6), 2, 0.01);
            mean += Scalar.sum(gates.load()).value() / draws;
        }
        assertThat(mean).isCloseTo(2, within(0.01));
    }

    @Test
    void noiseFloor_isAddedToTheScale() {
        Scalar[][] x = Scalar.of(new double[][] {{1}});
        Scalar[][] zero = Scalar.of(new double[1][2]);
        double[][] epsilon = {{1, -1}};
        ReferenceGates gates = ReferenceGates.noisyTopK(x, zero, zero, epsilon, 2, 0.01);
        double scale = Math.log(2) + 0.01;
        assertThat(gates.gates()[0][0].value()).isCloseTo(1 / (1 + Math.exp(-2 * scale)), within(1e-15));
    }

    @Test
    void ties_goToTheLowerExpert() {
        ReferenceGates gates =
                ReferenceGates.topK(Scalar.of(new double[][] {{1}}), Scalar.of(new double[][] {{0, 1, 0, 0}}), 3);
        assertThat(gates.chosen()[0]).containsExactly(true, true, true, false);
        assertThat(gates.margin()).isZero();
    }

    /** Descent on the load loss alone, from a gate that sends every row to the same two of six experts. */
    @Test
    void loadLoss_alone_evensOutASkewedGate() {
        RandomGenerator random = new Random(4);
        double[][] input = normal(random, 24, 3);
        for (double[] row : input) {
            row[0] = 1;
        }
        double[][] gate = normal(random, 3, 6);
        gate[0] = new double[] {6, 6, 0, 0, 0, 0};
        double[][] noise = new double[3][6];
        Scalar[][] x = Scalar.of(input);
        assertThat(overflow(x, gate, noise, random)).isGreaterThan(2.5);
        for (int update = 0; update < 500; update++) {
            Scalar[][] gateNow = Scalar.of(gate);
            Scalar[][] noiseNow = Scalar.of(noise);
            Scalar loss = ReferenceGates.cvSquared(
                    ReferenceGates.noisyTopK(x, gateNow, noiseNow, normal(random, 24, 6), 2, 0.01)
                            .load());
            Scalar.Gradient gradient = loss.gradient();
            descend(gate, gradient.by(gateNow));
            descend(noise, gradient.by(noiseNow));
        }
        assertThat(overflow(x, gate, noise, random)).isLessThan(1.25);
    }

    private void descend(double[][] weights, double[][] gradient) {
        for (int i = 0; i < weights.length; i++) {
            for (int j = 0; j < weights[i].length; j++) {
                weights[i][j] -= gradient[i][j];
            }
        }
    }

    /** Rows of the busiest expert over the mean, averaged over draws of the noise. */
    private double overflow(Scalar[][] x, double[][] gate, double[][] noise, RandomGenerator random) {
        double[] counts = new double[6];
        for (int draw = 0; draw < 100; draw++) {
            int[] once = ReferenceGates.noisyTopK(x, Scalar.of(gate), Scalar.of(noise), normal(random, 24, 6), 2, 0.01)
                    .counts();
            for (int i = 0; i < 6; i++) {
                counts[i] += once[i];
            }
        }
        return Arrays.stream(counts).max().orElseThrow()
                / Arrays.stream(counts).average().orElseThrow();
    }

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
