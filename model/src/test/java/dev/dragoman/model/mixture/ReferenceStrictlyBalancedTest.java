package dev.dragoman.model.mixture;

import static dev.dragoman.model.mixture.Matrices.normalScalars;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What follows from equations 15 to 20 of Shazeer et al. 2017. */
class ReferenceStrictlyBalancedTest {
    private final double[][] worked = {
        {.7, .2, .1}, {.6, .3, .1}, {.5, .1, .4}, {.1, .3, .6}, {.2, .5, .3}, {.3, .4, .3}
    };
    private final Scalar[][] identity = Scalar.of(new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});

    @Test
    void workedExample_sendsTwoRowsToEachExpert() {
        ReferenceGates gates = worked(Scalar.of(.55, .35, .35));
        assertThat(gates.chosen()).isDeepEqualTo(new boolean[][] {
            {true, false, false},
            {true, false, false},
            {false, false, true},
            {false, false, true},
            {false, true, false},
            {false, true, false}
        });
        assertThat(Scalar.values(gates.importance())).containsExactly(new double[] {2, 2, 2}, within(1e-12));
    }

    @Test
    void workedExample_withThresholdsThatAgree_hasNoLoss() {
        Scalar[] thresholds = Scalar.of(.55, .35, .35);
        ReferenceGates gates = worked(thresholds);
        assertThat(gates.thresholdLoss().value()).isZero();
        assertThat(ReferenceGates.byThresholds(logarithms(), identity, thresholds)
                        .chosen())
                .isDeepEqualTo(gates.chosen());
    }

    @Test
    void workedExample_withThresholdsThatDisagree_hasTheWorkedLossAndGradient() {
        Scalar[] thresholds = Scalar.of(.4, .45, .2);
        Scalar loss = worked(thresholds).thresholdLoss().times(6);
        assertThat(loss.value()).isCloseTo(0.35, within(1e-12));
        assertThat(loss.gradient().by(thresholds)).containsExactly(new double[] {-1, 1, -2}, within(1e-12));
        assertThat(loss.gradient().by(identity)).as("gate").isDeepEqualTo(new double[3][3]);
    }

    @Property(tries = 300)
    void everyExpert_takesTheSameNumberOfRows(@ForAll @IntRange(min = 1, max = 12) int rows, @ForAll long seed) {
        Random random = new Random(seed);
        int experts = 1 + random.nextInt(9);
        int k = 1 + random.nextInt(experts);
        int quota = Math.max(1, Math.round((float) k * rows / experts));
        ReferenceGates gates = random(random, rows, experts, k);
        assertThat(gates.counts()).containsOnly(quota);
        assertThat(Scalar.values(gates.load())).containsOnly(quota);
    }

    @Property(tries = 300)
    void rows_withExpertsHaveGatesThatSumToOne_andRowsWithoutHaveNone(@ForAll long seed) {
        ReferenceGates gates = random(new Random(seed), 8, 5, 1);
        for (int row = 0; row < 8; row++) {
            boolean[] mask = gates.chosen()[row];
            int experts = (int) IntStream.range(0, 5).filter(i -> mask[i]).count();
            assertThat(Scalar.sum(gates.gates()[row]).value()).isCloseTo(experts == 0 ? 0 : 1, within(1e-12));
        }
    }

    @Property(tries = 300)
    void thresholdLoss_isZeroIfAndOnlyIfTheMasksAgree_andItsGradientIsTheirDifferenceInCounts(@ForAll long seed) {
        Random random = new Random(seed);
        Scalar[][] x = normalScalars(random, 6, 2);
        Scalar[][] gate = normalScalars(random, 2, 3);
        Scalar[] thresholds = Scalar.of(random.doubles(3, 0.2, 0.6).toArray());
        ReferenceGates batchwise = ReferenceGates.strictlyBalanced(x, gate, thresholds, 1);
        ReferenceGates serving = ReferenceGates.byThresholds(x, gate, thresholds);
        Scalar loss = batchwise.thresholdLoss().times(6);
        boolean agree = Arrays.deepEquals(batchwise.chosen(), serving.chosen());
        assertThat(loss.value() > 0).isEqualTo(!agree);
        assertThat(loss.value()).isNotNegative();
        double[] surplus = IntStream.range(0, 3)
                .mapToDouble(i -> batchwise.counts()[i] - serving.counts()[i])
                .toArray();
        assertThat(loss.gradient().by(thresholds)).containsExactly(surplus, within(1e-12));
    }

    /** Half of the experts' best rows have to be equal for this, which only identical rows are. */
    @Test
    void ties_goToTheLowerRow() {
        Scalar[][] same = Scalar.of(new double[][] {{1}, {1}, {1}, {1}});
        ReferenceGates gates =
                ReferenceGates.strictlyBalanced(same, Scalar.of(new double[][] {{0.5, 0.5}}), Scalar.of(.5, .5), 1);
        assertThat(gates.rowsOf(0)).containsExactly(0, 1);
        assertThat(gates.rowsOf(1)).containsExactly(0, 1);
    }

    @Test
    void quota_isRounded_andAtLeastOne() {
        assertThat(ReferenceGates.quota(1, 6, 3)).isEqualTo(2);
        assertThat(ReferenceGates.quota(2, 5, 4)).as("2.5").isEqualTo(3);
        assertThat(ReferenceGates.quota(1, 5, 4)).as("1.25").isEqualTo(1);
        assertThat(ReferenceGates.quota(1, 2, 9)).as("0.22").isEqualTo(1);
        assertThat(ReferenceGates.quota(4, 3, 4)).as("all").isEqualTo(3);
        assertThat(ReferenceGates.quota(1, 0, 4)).as("no rows").isZero();
    }

    /** Trained on its loss alone, the threshold rule takes as many rows of batches never seen as the batchwise rule does. */
    @Test
    void thresholds_trainedOnTheirLoss_admitTheQuotaOfUnseenBatches() {
        RandomGenerator random = new Random(5);
        Scalar[][] gate = normalScalars(random, 3, 4);
        double[] thresholds = new double[4];
        for (int update = 1; update <= 400; update++) {
            Scalar[] now = Scalar.of(thresholds);
            ReferenceGates gates = ReferenceGates.strictlyBalanced(normalScalars(random, 40, 3), gate, now, 1);
            double[] gradient = gates.thresholdLoss().gradient().by(now);
            for (int i = 0; i < 4; i++) {
                thresholds[i] -= 0.02 / Math.sqrt(update / 40.0) * gradient[i];
            }
        }
        ReferenceGates unseen =
                ReferenceGates.byThresholds(normalScalars(random, 4000, 3), gate, Scalar.of(thresholds));
        for (int count : unseen.counts()) {
            assertThat(count / 100.0).as("rows of 40 per expert").isCloseTo(10, within(1.0));
        }
    }

    /** With an identity as gate, the softmax of logarithms is the distribution itself. */
    private ReferenceGates worked(Scalar[] thresholds) {
        return ReferenceGates.strictlyBalanced(logarithms(), identity, thresholds, 1);
    }

    private Scalar[][] logarithms() {
        return Scalar.of(Arrays.stream(worked)
                .map(row -> Arrays.stream(row).map(Math::log).toArray())
                .toArray(double[][]::new));
    }

    private static ReferenceGates random(Random random, int rows, int experts, int k) {
        return ReferenceGates.strictlyBalanced(
                normalScalars(random, rows, 3),
                normalScalars(random, 3, experts),
                Scalar.of(random.doubles(experts).toArray()),
                k);
    }
}
