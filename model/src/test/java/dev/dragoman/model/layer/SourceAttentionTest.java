package dev.dragoman.model.layer;

import static dev.dragoman.model.TestDevice.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Equations 21 and 22 of Shazeer et al. 2017. */
@ExtendWith(TestDevice.class)
class SourceAttentionTest {
    private static final int WIDTH = 4;
    private static final int SIZE = 8;
    private static final int QUERIES = 5;
    /** Sentences of 4 and 2 tokens. */
    private static final PaddedIds IDS = PaddedIds.of(new int[][] {{1, 1, 1, 1}, {1, 1}}, 0);

    private static Kernels kernels;
    private static Kernels ofTwoHeads;
    private static Kernels ofFourHeads;
    private static NDManager manager;

    @BeforeAll
    static void load() {
        kernels = ofHeads(1);
        ofTwoHeads = ofHeads(2);
        ofFourHeads = ofHeads(4);
        manager = TestDevice.newManager();
    }

    @AfterAll
    static void close() {
        manager.close();
        kernels.close();
        ofTwoHeads.close();
        ofFourHeads.close();
    }

    private static Kernels ofHeads(int heads) {
        return Kernels.load(new KernelSettings(Compute.FLOAT32, Compute.FLOAT32, 0, 1, 0, heads));
    }

    /** U and W the identity, V = (1, 2), x = (0.5, -0.2), y = (0.1, 0.4), computed by hand. */
    @Test
    void scores_ofTheWorkedExample() {
        NDArray identity = manager.eye(2);
        NDArray memory = manager.create(new float[] {0.5f, -0.2f}, new Shape(1, 1, 2));
        NDArray query = manager.create(new float[] {0.1f, 0.4f}, new Shape(1, 1, 2));
        NDArray v = manager.create(new float[] {1, 2});
        assertThat(score(memory, query, identity, v, false)).isCloseTo(0.931800f, within(1e-6f));
        assertThat(score(memory, query, identity, v, true)).isCloseTo(-0.103927f, within(1e-6f));
    }

    private static float score(NDArray memory, NDArray query, NDArray identity, NDArray v, boolean factorised) {
        NDArray keys = kernels.one("attention_keys", false, memory, identity, manager.create(factorised ? 1f : 0f));
        // Weights show differences of scores only, so a second position with the key zero is put beside it.
        NDArray both = keys.concat(keys.mul(0), 1);
        NDArray memories = memory.concat(memory.mul(0), 0);
        float[] weights = kernels.call(
                        "attend",
                        false,
                        query,
                        memories,
                        both,
                        manager.zeros(new Shape(1, 2)),
                        identity,
                        v,
                        manager.create(factorised ? 1f : 0f))
                .get(1)
                .toFloatArray();
        // Score of the zero key: 0 in the product form; V . tanh(y) in the additive one.
        double zero = factorised ? 0 : Math.tanh(0.1) + 2 * Math.tanh(0.4);
        return (float) (Math.log(weights[0] / weights[1]) + zero);
    }

    @ParameterizedTest(name = "{0}, {1} heads")
    @CsvSource({"FACTORISED, 1", "ADDITIVE, 1", "FACTORISED, 2", "ADDITIVE, 2", "FACTORISED, 4", "ADDITIVE, 4"})
    void attend_equalsTheLoops(Score score, int heads) {
        SourceAttention attention = attention(score, heads);
        Map<String, Parameter> parameters = RandomArrays.fill(attention, manager, new Random(5), 0.8);
        NDArray memory = RandomArrays.normal(manager, new Random(6), IDS.length(), 2, WIDTH);
        NDArray queries = RandomArrays.normal(manager, new Random(7), QUERIES, 2, WIDTH);
        EncodedSource source = source(attention, memory);
        NaiveAttention naive = new NaiveAttention(parameters, "", score, heads);

        for (boolean training : new boolean[] {false, true}) {
            NDList result = attention.attend(queries, source, training);
            assertThat(result.get(0).getShape()).isEqualTo(new Shape(QUERIES, 2, WIDTH));
            assertThat(result.get(1).getShape()).isEqualTo(new Shape(2, QUERIES, IDS.length()));
            double[][] context = NaiveLstm.matrix(result.get(0));
            double[][] weights = NaiveLstm.matrix(result.get(1));
            for (int b = 0; b < 2; b++) {
                double[][] positions = NaiveLstm.sentence(memory, b, IDS.lengths()[b]);
                double[][] asked = NaiveLstm.sentence(queries, b, QUERIES);
                for (int t = 0; t < QUERIES; t++) {
                    double[] expected = naive.weights(positions, asked[t]);
                    assertThat(weights[b * QUERIES + t])
                            .containsExactly(Arrays.copyOf(expected, IDS.length()), within(1e-5));
                    assertThat(context[t * 2 + b]).containsExactly(naive.context(positions, asked[t]), within(1e-5));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1} heads")
    @CsvSource({"FACTORISED, 1", "ADDITIVE, 1", "FACTORISED, 2", "ADDITIVE, 2", "FACTORISED, 4", "ADDITIVE, 4"})
    void attend_paddingHasNoWeightAtAll_andRowsSumToOne(Score score, int heads) {
        SourceAttention attention = attention(score, heads);
        RandomArrays.fill(attention, manager, new Random(5), 0.8);
        float[] memory = RandomArrays.normal(new Random(6), IDS.length() * 2 * WIDTH);
        // Padding of sentence 1, at steps 2 and 3, that would draw all attention.
        for (int step = 2; step < 4; step++) {
            Arrays.fill(memory, (step * 2 + 1) * WIDTH, (step * 2 + 2) * WIDTH, 50);
        }
        NDArray queries = RandomArrays.normal(manager, new Random(7), QUERIES, 2, WIDTH);
        NDArray weights = attention
                .attend(queries, source(attention, manager.create(memory, new Shape(IDS.length(), 2, WIDTH))), false)
                .get(1);
        double[][] rows = NaiveLstm.matrix(weights);
        for (int row = 0; row < rows.length; row++) {
            double sum = 0;
            for (double weight : rows[row]) {
                sum += weight;
            }
            assertThat(sum).isCloseTo(1, within(1e-6));
            if (row >= QUERIES) {
                assertThat(rows[row][2]).isZero();
                assertThat(rows[row][3]).isZero();
            }
        }
    }

    /** Sums of hundreds of terms must not overflow the softmax. */
    @ParameterizedTest(name = "{0}, {1} heads")
    @CsvSource({"FACTORISED, 1", "ADDITIVE, 1", "FACTORISED, 2", "ADDITIVE, 2", "FACTORISED, 4", "ADDITIVE, 4"})
    void attend_largeScores_stayFinite(Score score, int heads) {
        SourceAttention attention = attention(score, heads);
        RandomArrays.fill(attention, manager, new Random(5), 1000);
        NDArray memory = RandomArrays.normal(manager, new Random(6), IDS.length(), 2, WIDTH);
        NDList result = attention.attend(
                RandomArrays.normal(manager, new Random(7), QUERIES, 2, WIDTH), source(attention, memory), false);
        for (float value : result.get(0).toFloatArray()) {
            assertThat(value).isFinite();
        }
        assertThat(result.get(1).sum().getFloat()).isCloseTo(2 * QUERIES, within(1e-4f));
    }

    /** A head that its kernels do not know would go unheard. */
    @Test
    void headsOfOtherKernels_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SourceAttention(
                        ofTwoHeads, new Attention(Form.PARALLEL, Score.ADDITIVE, SIZE, 4, null), WIDTH))
                .withMessage("attention.heads must be that of the kernels, 2, but is 4");
    }

    private static SourceAttention attention(Score score, int heads) {
        Kernels ofHeads = heads == 1 ? kernels : heads == 2 ? ofTwoHeads : ofFourHeads;
        return new SourceAttention(ofHeads, new Attention(Form.PARALLEL, score, SIZE, heads, null), WIDTH);
    }

    private static EncodedSource source(SourceAttention attention, NDArray memory) {
        NDArray mask = manager.create(IDS.mask(), new Shape(2, IDS.length()));
        return new EncodedSource(memory, attention.keys(memory, false), mask);
    }
}
