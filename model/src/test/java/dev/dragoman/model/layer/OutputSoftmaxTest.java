package dev.dragoman.model.layer;

import static dev.dragoman.model.TestDevice.within;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(TestDevice.class)
class OutputSoftmaxTest {
    private static final int VOCABULARY = 7;
    private static final int WIDTH = 4;

    private Kernels kernels;
    private NDManager manager;
    private OutputSoftmax softmax;
    private Map<String, Parameter> parameters;

    @BeforeEach
    void open() {
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 1, 0));
        manager = TestDevice.newManager();
        softmax = new OutputSoftmax(kernels, new PieceEmbedding(kernels, VOCABULARY, WIDTH), false, VOCABULARY, WIDTH);
        parameters = RandomArrays.fill(softmax, manager, new Random(1), 0.7);
    }

    @AfterEach
    void close() {
        manager.close();
        kernels.close();
    }

    /** Positions on both sides of the 512 rows that are taken at a time; every third position is padding. */
    @ParameterizedTest(name = "{0} positions, smoothing {1}")
    @CsvSource({"3, 0", "3, 0.1", "768, 0.1", "1200, 0", "1800, 0.3"})
    void loss_equalsTheLoop(int positions, double smoothing) {
        NDArray x = RandomArrays.normal(manager, new Random(2), positions, 1, WIDTH);
        long[] rows = LongStream.range(0, positions).filter(row -> row % 3 != 1).toArray();
        long[] targets = new Random(3).longs(rows.length, 0, VOCABULARY).toArray();
        double[] expected = naive(x, rows, targets, smoothing);

        for (boolean training : new boolean[] {false, true}) {
            OutputSoftmax.Loss loss =
                    softmax.loss(x, manager.create(rows), manager.create(targets), smoothing, training);
            assertThat((double) loss.total().getFloat()).isCloseTo(expected[0], within(1e-5 * expected[0]));
            assertThat((double) loss.logLikelihood().getFloat()).isCloseTo(expected[1], within(1e-5 * expected[1]));
        }
    }

    /** Smoothed and plain negative log-likelihood. */
    private double[] naive(NDArray x, long[] rows, long[] targets, double smoothing) {
        double[][] in = NaiveLstm.matrix(x);
        double[][] weight = NaiveLstm.matrix(parameters.get("weight").getArray());
        double[] bias = NaiveLstm.vector(parameters.get("bias").getArray());
        double[] sums = new double[2];
        for (int n = 0; n < rows.length; n++) {
            double[] logits = NaiveLstm.times(weight, in[(int) rows[n]]);
            double total = 0;
            for (int i = 0; i < VOCABULARY; i++) {
                logits[i] += bias[i];
                total += Math.exp(logits[i]);
            }
            for (int i = 0; i < VOCABULARY; i++) {
                double logP = logits[i] - Math.log(total);
                double wanted = smoothing / VOCABULARY + (i == targets[n] ? 1 - smoothing : 0);
                sums[0] -= wanted * logP;
                sums[1] -= i == targets[n] ? logP : 0;
            }
        }
        return sums;
    }

    /** The gradients are computed beside the loss instead of by the engine, so they are held against differences of the loss. */
    @ParameterizedTest(name = "smoothing {0}")
    @CsvSource({"0", "0.2"})
    void loss_gradientsEqualFiniteDifferences(double smoothing) {
        NDArray x = RandomArrays.normal(manager, new Random(2), 3, 2, WIDTH);
        x.setRequiresGradient(true);
        NDArray rows = manager.create(new long[] {0, 1, 2, 4, 5});
        NDArray targets = manager.create(new long[] {3, 0, 6, 3, 1});
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            // Twice the loss, so that a gradient that ignores what comes after it is found out.
            collector.backward(
                    softmax.loss(x, rows, targets, smoothing, true).total().mul(2));
        }
        for (NDArray array : new NDArray[] {
            x, parameters.get("weight").getArray(), parameters.get("bias").getArray()
        }) {
            float[] gradient = array.getGradient().toFloatArray();
            float[] at = array.toFloatArray();
            for (int i = 0; i < at.length; i++) {
                float[] moved = at.clone();
                moved[i] = at[i] + 0.01f;
                array.set(moved);
                double above = 2
                        * softmax.loss(x, rows, targets, smoothing, false)
                                .total()
                                .getFloat();
                moved[i] = at[i] - 0.01f;
                array.set(moved);
                double below = 2
                        * softmax.loss(x, rows, targets, smoothing, false)
                                .total()
                                .getFloat();
                array.set(at);
                assertThat((double) gradient[i]).isCloseTo((above - below) / 0.02, within(2e-3));
            }
        }
        // Position (1, 1) is padding.
        assertThat(x.getGradient().get("1, 1").toFloatArray()).containsOnly(0f);
    }

    @Test
    void loss_acrossChunks_hasTheGradientsOfItsParts() {
        NDArray x = RandomArrays.normal(manager, new Random(2), 1100, 1, WIDTH);
        long[] targets = new Random(3).longs(1100, 0, VOCABULARY).toArray();
        float[] whole = weightGradient(x, 0, 1100, targets);
        float[] sum = new float[whole.length];
        for (int begin = 0; begin < 1100; begin += 100) {
            float[] part = weightGradient(x, begin, begin + 100, targets);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += part[i];
            }
        }
        assertThat(whole).containsExactly(sum, within(1e-2f));
    }

    private float[] weightGradient(NDArray x, int begin, int end, long[] targets) {
        NDArray weight = parameters.get("weight").getArray();
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.zeroGradients();
            collector.backward(softmax.loss(
                            x,
                            manager.create(LongStream.range(begin, end).toArray()),
                            manager.create(Arrays.copyOfRange(targets, begin, end)),
                            0.1,
                            true)
                    .total());
        }
        return weight.getGradient().toFloatArray();
    }

    @Test
    void best_areTheLargestLogProbabilitiesInOrder() {
        NDArray x = RandomArrays.normal(manager, new Random(2), 5, WIDTH);
        NDList all = softmax.best(x, VOCABULARY);
        NDList three = softmax.best(x, 3);
        for (int row = 0; row < 5; row++) {
            double mass = 0;
            for (int i = 0; i < VOCABULARY; i++) {
                mass += Math.exp(all.get(0).getFloat(row, i));
                if (i > 0) {
                    assertThat(all.get(0).getFloat(row, i))
                            .isLessThanOrEqualTo(all.get(0).getFloat(row, i - 1));
                }
                if (i < 3) {
                    assertThat(three.get(1).getLong(row, i))
                            .isEqualTo(all.get(1).getLong(row, i));
                }
                long id = all.get(1).getLong(row, i);
                double nll = softmax.loss(
                                x.get("{}:{}", row, row + 1).expandDims(0),
                                manager.create(new long[] {0}),
                                manager.create(new long[] {id}),
                                0,
                                false)
                        .logLikelihood()
                        .getFloat();
                assertThat((double) all.get(0).getFloat(row, i)).isCloseTo(-nll, within(1e-5));
            }
            assertThat(mass).isCloseTo(1, within(1e-5));
        }
    }

    /** Which of equal continuations come first is the engine's choice; that each is named once, and alike in every row, is not. */
    @Test
    void best_ofEqualOnes_areDistinctAndTheSameInEveryRow() {
        parameters
                .values()
                .forEach(parameter -> parameter
                        .getArray()
                        .set(new float[(int) parameter.getArray().size()]));
        NDList best = softmax.best(manager.ones(new Shape(2, WIDTH)), VOCABULARY);
        long[] ids = best.get(1).toLongArray();
        assertThat(Arrays.copyOf(ids, VOCABULARY)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
        assertThat(Arrays.copyOfRange(ids, VOCABULARY, 2 * VOCABULARY)).containsExactly(Arrays.copyOf(ids, VOCABULARY));
    }

    @Test
    void sharedSoftmax_hasNoWeightOfItsOwn() {
        OutputSoftmax shared =
                new OutputSoftmax(kernels, new PieceEmbedding(kernels, VOCABULARY, WIDTH), true, VOCABULARY, WIDTH);
        assertThat(shared.namedParameters().keySet()).containsExactly("bias");
        assertThat(parameters.keySet()).containsExactly("weight", "bias");
    }
}
