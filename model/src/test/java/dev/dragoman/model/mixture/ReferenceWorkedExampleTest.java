package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Four experts, two per row; an input of 1 makes the weights themselves the logits. */
class ReferenceWorkedExampleTest {
    private final Scalar[][] x = Scalar.of(new double[][] {{1}});
    private final double[] clean = {1, 0.5, -0.25, 0};
    private final double[] raw = {0, 1, -1, 0.5};
    private final double[] epsilon = {0.3, -1.2, 0.8, 0.1};
    private final ReferenceGates gates = ReferenceGates.noisyTopK(
            x, Scalar.of(new double[][] {clean}), Scalar.of(new double[][] {raw}), new double[][] {epsilon}, 2, 0);

    @Test
    void noise_hasTheScalesOfTheTable() {
        assertThat(scales()).containsExactly(new double[] {0.693147, 1.313262, 0.313262, 0.974077}, within(5e-7));
    }

    @Test
    void noisyLogits_areThoseOfTheTable() {
        assertThat(noisy()).containsExactly(new double[] {1.207944, -1.075914, 0.000609, 0.097408}, within(5e-7));
    }

    @Test
    void kthExcluding_isThatOfTheTable() {
        double[] found = IntStream.range(0, 4)
                .mapToDouble(i ->
                        ReferenceGates.kthExcluding(Scalar.of(noisy()), 2, i).value())
                .toArray();
        assertThat(found).containsExactly(new double[] {0.000609, 0.097408, 0.097408, 0.000609}, within(5e-7));
    }

    @Test
    void gates_areThoseOfTheTable() {
        assertThat(Scalar.values(gates.gates()[0]))
                .containsExactly(new double[] {0.752229, 0, 0, 0.247771}, within(5e-7));
        assertThat(gates.chosen()[0]).containsExactly(true, false, false, true);
    }

    @Test
    void load_isThatOfTheTable() {
        double[] load = Scalar.values(gates.load());
        assertThat(load).containsExactly(new double[] {0.925323, 0.620410, 0.133715, 0.499750}, within(5e-7));
        assertThat(Arrays.stream(load).sum()).isCloseTo(2.179199, within(1e-6));
    }

    /** Equation 8 by its words: redraw the noise of one expert, keep that of the others, and see whether the row chooses it. */
    @Test
    void load_isTheShareOfRedrawsThatChooseTheExpert() {
        Random random = new Random(1);
        int draws = 200_000;
        for (int i = 0; i < 4; i++) {
            double[] redrawn = noisy();
            int hits = 0;
            for (int draw = 0; draw < draws; draw++) {
                redrawn[i] = clean[i] + random.nextGaussian() * scales()[i];
                hits += ReferenceGates.largest(redrawn, 2)[i] ? 1 : 0;
            }
            assertThat((double) hits / draws).isCloseTo(gates.load()[i].value(), within(0.005));
        }
    }

    private double[] scales() {
        return Arrays.stream(raw).map(one -> Scalar.of(one).softplus().value()).toArray();
    }

    private double[] noisy() {
        return IntStream.range(0, 4)
                .mapToDouble(i -> clean[i] + epsilon[i] * scales()[i])
                .toArray();
    }
}
