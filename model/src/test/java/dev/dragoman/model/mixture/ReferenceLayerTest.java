package dev.dragoman.model.mixture;

import static dev.dragoman.model.mixture.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.layer.PaddedIds;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import net.jqwik.api.statistics.StatisticsReport.StatisticsReportMode;
import org.junit.jupiter.api.Test;

class ReferenceLayerTest {
    private static final double STEP = 1e-5;

    /** Every gradient of the whole layer, away from where choices change. */
    @Property(tries = 80)
    void gradients_equalFiniteDifferences(@ForAll("layers") LayerCase layer) {
        ReferenceLayer reference = new ReferenceLayer(layer);
        ReferenceLayer.Output output = reference.train();
        Assume.that(output.margin() > 100 * STEP);
        Map<String, double[][]> gradients = reference.gradients(reference.objective(output));
        layer.variables().forEach((name, matrix) -> {
            double[][] slopes = new double[matrix.length][matrix[0].length];
            for (int row = 0; row < slopes.length; row++) {
                for (int column = 0; column < slopes[row].length; column++) {
                    slopes[row][column] =
                            (objective(layer, name, row, column, STEP) - objective(layer, name, row, column, -STEP))
                                    / (2 * STEP);
                }
            }
            assertClose(name, gradients.get(name), slopes, 1e-6);
        });
    }

    /** The objective with one number moved; without the loss of the thresholds where it is not they that move, since it trains only them. */
    private static double objective(LayerCase layer, String name, int row, int column, double step) {
        Map<String, double[][]> moved = layer.numbers();
        moved.get(name)[row][column] += step;
        ReferenceLayer reference = new ReferenceLayer(layer, moved);
        ReferenceLayer.Output output = reference.train();
        double thresholdLoss = output.gating().thresholdLoss().value();
        return reference.objective(output).value() - (name.contains("Thresholds") ? 0 : thresholdLoss);
    }

    @Property(tries = 100)
    void padding_isZero_andSeenByNothing(@ForAll("layers") LayerCase layer) {
        Map<String, double[][]> other = layer.numbers();
        Set<Integer> real = new TreeSet<>();
        for (int row : layer.rows()) {
            real.add(row);
        }
        for (int position = 0; position < layer.positions(); position++) {
            if (!real.contains(position)) {
                Arrays.fill(other.get("x")[position], 1e6);
            }
        }
        ReferenceLayer.Output output = new ReferenceLayer(layer).train();
        ReferenceLayer.Output changed = new ReferenceLayer(layer, other).train();
        assertThat(Scalar.values(changed.y())).isDeepEqualTo(Scalar.values(output.y()));
        assertThat(changed.balance().value()).isEqualTo(output.balance().value());
        for (int position = 0; position < layer.positions(); position++) {
            if (!real.contains(position)) {
                assertThat(Scalar.values(output.y()[position])).containsOnly(0);
            }
        }
    }

    /** With one expert per row the only gate is the constant 1, so the task cannot teach the gate. */
    @Property(tries = 100)
    void oneExpertPerRow_givesTheGatesNoGradientFromTheTask(@ForAll("noisyLayers") LayerCase layer) {
        Assume.that(layer.mixture().perRow() == 1);
        ReferenceLayer reference = new ReferenceLayer(layer);
        ReferenceLayer.Output output = reference.train();
        Map<String, double[][]> gradients =
                reference.gradients(reference.objective(output).minus(output.balance()));
        for (String name : List.of("gate", "noise", "groupGate", "groupNoise")) {
            for (double[] row : gradients.getOrDefault(name, new double[0][])) {
                assertThat(Arrays.stream(row)).allMatch(one -> Math.abs(one) < 1e-12);
            }
        }
    }

    @Property(tries = 300)
    @StatisticsReport(StatisticsReportMode.OFF)
    void cases_areMadeOfTheSameNumbersEachTime_andLaidOutAsBatchesAre(@ForAll("layers") LayerCase layer) {
        layer.numbers()
                .forEach((name, matrix) ->
                        assertThat(layer.numbers().get(name)).as(name).isDeepEqualTo(matrix));
        int[][] sentences = layer.lengths().stream().map(int[]::new).toArray(int[][]::new);
        assertThat(IntStream.of(layer.rows()).asLongStream().toArray())
                .isEqualTo(PaddedIds.of(sentences, 0).rows());
        assertThat(layer.rows()).hasSizeBetween(1, 12);
        Statistics.collect(layer.kind(), layer.twoLevel());
        Statistics.coverage(coverage -> {
            for (GateKind kind : GateKind.values()) {
                coverage.check(kind, false).percentage(share -> share > 10);
            }
            coverage.check(GateKind.NOISY_TOP_K, true).percentage(share -> share > 10);
            coverage.check(GateKind.STRICTLY_BALANCED, true).percentage(share -> share > 10);
        });
    }

    /** The same numbers in both matrices would hide a mistake. */
    @Test
    void variables_ofEqualShape_differ() {
        LayerCase layer = LayerCase.ofGroups(GateKind.NOISY_TOP_K).sample();
        assertThat(layer.variables().get("gate")[0][0])
                .isNotEqualTo(layer.variables().get("noise")[0][0])
                .isNotEqualTo(layer.variables().get("hidden")[0][0]);
    }

    @Provide
    Arbitrary<LayerCase> layers() {
        return LayerCase.any();
    }

    @Provide
    Arbitrary<LayerCase> noisyLayers() {
        return LayerCase.of(GateKind.NOISY_TOP_K);
    }
}
