package dev.dragoman.model.mixture;

import static dev.dragoman.model.mixture.Closeness.assertClose;
import static dev.dragoman.model.mixture.Matrices.normalScalars;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReferenceExpertsTest {

    /** Two inputs, two hidden units, of which the second stays below zero. */
    @Test
    void expert_ofAHandComputedExample() {
        ReferenceExperts experts =
                new ReferenceExperts(new Scalar[][][] {Scalar.of(new double[][] {{1, 2}, {-3, 1}})}, new Scalar[][][] {
                    Scalar.of(new double[][] {{0.5, 7}, {-1, 9}})
                });
        assertThat(Scalar.values(experts.expert(0, Scalar.of(2, 1)))).containsExactly(2, -4);
    }

    /** Skipping what was not chosen changes nothing: its gate is zero. */
    @Test
    void combine_equalsTheSumOverAllExperts() {
        Random random = new Random(1);
        ReferenceExperts experts = random(random, 5, 3, 4);
        Scalar[][] x = normalScalars(random, 6, 4);
        ReferenceGates gating = ReferenceGates.topK(x, normalScalars(random, 4, 5), 2);
        double[][] y = Scalar.values(experts.combine(x, gating, false));
        for (int row = 0; row < 6; row++) {
            double[] sum = new double[4];
            for (int i = 0; i < 5; i++) {
                double[] one = Scalar.values(experts.expert(i, x[row]));
                for (int d = 0; d < 4; d++) {
                    sum[d] += gating.gates()[row][i].value() * one[d];
                }
            }
            assertClose("row", y[row], sum, 1e-14);
        }
    }

    @Test
    void combine_ofExpertsOfZeroWeight_isZero_andHalfThroughTheSigmoid() {
        Random random = new Random(2);
        ReferenceExperts experts = new ReferenceExperts(
                new Scalar[][][] {normalScalars(random, 3, 2)}, new Scalar[][][] {Scalar.of(new double[2][3])});
        Scalar[][] x = normalScalars(random, 1, 2);
        ReferenceGates gating = ReferenceGates.softmax(x, normalScalars(random, 2, 1));
        assertThat(Scalar.values(experts.combine(x, gating, false)[0])).containsOnly(0);
        assertThat(Scalar.values(experts.combine(x, gating, true)[0])).containsOnly(0.5);
    }

    @Test
    void combine_ofARowWithoutExperts_isZero() {
        Random random = new Random(3);
        Scalar[][] x = normalScalars(random, 1, 2);
        ReferenceGates none = ReferenceGates.byThresholds(x, normalScalars(random, 2, 4), Scalar.of(1, 1, 1, 1));
        assertThat(none.counts()).containsOnly(0);
        assertThat(Scalar.values(random(random, 4, 3, 2).combine(x, none, false)[0]))
                .containsOnly(0);
    }

    private static ReferenceExperts random(Random random, int experts, int hidden, int width) {
        return new ReferenceExperts(
                IntStream.range(0, experts)
                        .mapToObj(i -> normalScalars(random, hidden, width))
                        .toArray(Scalar[][][]::new),
                IntStream.range(0, experts)
                        .mapToObj(i -> normalScalars(random, width, hidden))
                        .toArray(Scalar[][][]::new));
    }
}
