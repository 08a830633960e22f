package dev.dragoman.model.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.model.Decoding;
import dev.dragoman.model.RandomModels;
import dev.dragoman.model.TinyModels;
import dev.dragoman.model.TinyNetworks;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.StoredTensor;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.TensorSource;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Experts in 4 bits beside the same weights in 8 bits, which they have to equal to the last bit, and beside the engine. */
class FourBitsTest {
    private static final int VOCABULARY = 90;

    @TempDir
    Path folder;

    @AfterEach
    void clear() {
        System.clearProperty(CpuKernels.EXPERT_BITS);
        // As this module's tests have it.
        System.setProperty(CpuKernels.CHOICE, "none");
    }

    private static String library() {
        return CpuKernels.variant("auto").orElseGet(() -> {
            assumeTrue(false, "the native library was not built: see model/src/main/cpp/build.sh");
            return "";
        });
    }

    private static String variant(String name) {
        library();
        try {
            return CpuKernels.variant(name).orElseThrow();
        } catch (IllegalStateException e) {
            assumeTrue(false, "this processor does not run " + name);
            return "";
        }
    }

    private static NetworkConfiguration network(GateKind gate) {
        // Neither experts' inputs nor their units are whole groups.
        Mixture mixture = new Mixture(12, 2, 40, List.of(1), List.of(1, 2), 0, 0, 0, false, new Gating(gate, 0));
        return new NetworkConfiguration(
                VOCABULARY,
                72,
                72,
                2,
                2,
                true,
                1,
                new Attention(Form.PARALLEL, Score.FACTORISED, 24),
                mixture,
                true,
                0,
                50);
    }

    private ModelDirectory write(NetworkConfiguration network) throws IOException {
        Path directory = folder.resolve("stored");
        RandomModels.write(directory, TinyModels.configuration(network), 8);
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
        return ModelDirectory.open(directory);
    }

    /** The same model with experts as 4 bits leave them, in 8 bits. */
    private ModelDirectory rounded(ModelDirectory files) throws IOException {
        Path directory = Files.createDirectory(folder.resolve("rounded"));
        ModelDirectory.writeConfiguration(directory, files.configuration());
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
        List<TensorSource> tensors = new ArrayList<>();
        for (String name : files.weights().names()) {
            StoredTensor tensor = Objects.requireNonNull(files.weights().find(name));
            ByteBuffer content = tensor.map(0, tensor.elements());
            if (tensor.type() == StoredType.I8 && tensor.shape().length == 3) {
                byte[] weights = new byte[content.remaining()];
                content.get(weights);
                content = ByteBuffer.wrap(NaiveFourBits.rounded(weights, (int) tensor.shape()[2]));
            }
            ByteBuffer stored = content;
            tensors.add(TensorSource.of(name, tensor.type(), tensor.shape(), () -> stored));
        }
        WeightFiles.write(directory.resolve(ModelDirectory.WEIGHTS), tensors, WeightFiles.DEFAULT_LIMIT);
        return ModelDirectory.open(directory);
    }

    private static int[][] sources(int count) {
        Random random = new Random(count);
        int[][] sources = new int[count][];
        Arrays.setAll(sources, i -> random.ints(1 + i % 7, 4, VOCABULARY).toArray());
        return sources;
    }

    /** Log probabilities by id, row after row and step after step. */
    private static float[] steps(Decoding decoding, int count) {
        int rows = decoding.rows();
        float[] result = new float[count * rows * VOCABULARY];
        int[] ids = new int[rows];
        Arrays.fill(ids, TinyModels.BOS);
        for (int t = 0; t < count; t++) {
            Decoding.Step step = decoding.step(ids, VOCABULARY, false);
            for (int i = 0; i < rows * VOCABULARY; i++) {
                int at = (t * rows + i / VOCABULARY) * VOCABULARY + step.ids()[i];
                result[at] = step.logProbabilities()[i];
            }
            for (int row = 0; row < rows; row++) {
                ids[row] = 4 + (7 * t + 11 * row) % (VOCABULARY - 4);
            }
        }
        return result;
    }

    private static float[] byKernels(
            ModelDirectory files, String variant, int threads, int expertBits, int[][] sources) {
        try (CpuNetwork network = CpuNetwork.open(files, variant, threads, expertBits);
                Decoding decoding = network.decode(sources)) {
            return steps(decoding, 3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"generic", "avx2", "avx512", "amx", "neon"})
    void product_isThatOfTheSameWeightsIn8Bits_bitForBit(String name) throws IOException {
        String variant = variant(name);
        ModelDirectory files = write(network(GateKind.SOFTMAX));
        Random random = new Random(3);
        try (CpuNetwork network = CpuNetwork.open(files, variant, 2, 4);
                CpuDecoding decoding = (CpuDecoding) network.decode(new int[0][])) {
            for (int rows = 1; rows <= 64; rows++) {
                int inputs = rows % 3 == 0 ? 64 : 1 + random.nextInt(300);
                int outputs = 1 + random.nextInt(150);
                byte[] weights = new byte[outputs * inputs];
                for (int i = 0; i < weights.length; i++) {
                    // Groups of large numbers, of small ones and of none.
                    int bound = 1 + i / 50 % 4 * 42;
                    weights[i] = (byte) (random.nextInt(2 * bound + 1) - bound);
                }
                float[] x = new float[rows * inputs];
                for (int i = 0; i < x.length; i++) {
                    x[i] = (float) random.nextGaussian();
                }
                byte[] same = NaiveFourBits.rounded(weights, inputs);
                assertThat(product(decoding, 4, weights, inputs, x))
                        .as(rows + " rows of " + inputs + " inputs")
                        .isEqualTo(product(decoding, 8, same, inputs, x));
            }
        }
    }

    private static float[] product(CpuDecoding decoding, int bits, byte[] weights, int inputs, float[] x) {
        int outputs = weights.length / inputs;
        ByteBuffer stored =
                ByteBuffer.allocateDirect(weights.length).put(weights).flip();
        ByteBuffer scales = ByteBuffer.allocateDirect(4 * outputs).order(ByteOrder.nativeOrder());
        for (int n = 0; n < outputs; n++) {
            scales.putFloat(4 * n, (1 + n) / 1000f);
        }
        float[] y = new float[x.length / inputs * outputs];
        CpuKernels.product(decoding.handle(), bits, x.length / inputs, inputs, outputs, stored, scales, x, y);
        return y;
    }

    @Test
    void rounding_leavesAtMostHalfAMultiplier_andWhatHasFourBitsAlready() {
        Random random = new Random(12);
        for (int trial = 0; trial < 2000; trial++) {
            int inputs = 1 + random.nextInt(NaiveFourBits.GROUP);
            int bound = 1 + random.nextInt(126);
            byte[] weights = new byte[inputs];
            for (int i = 0; i < inputs; i++) {
                weights[i] = (byte) (random.nextInt(2 * bound + 1) - bound);
            }
            byte[] rounded = NaiveFourBits.rounded(weights, inputs);
            int multiplier = NaiveFourBits.multiplier(weights, 0, inputs);
            byte[] exact = new byte[inputs];
            int other = 1 + random.nextInt(18);
            for (int i = 0; i < inputs; i++) {
                assertThat(2 * Math.abs(weights[i] - rounded[i])).isLessThanOrEqualTo(multiplier);
                exact[i] = (byte) (other * (i == 0 ? 7 : random.nextInt(15) - 7));
            }
            assertThat(NaiveFourBits.rounded(exact, inputs)).isEqualTo(exact);
        }
        assertThat(NaiveFourBits.rounded(new byte[] {127, -128, 8, 9, 0}, 5)).containsExactly(126, -126, 0, 18, 0);
    }

    @ParameterizedTest
    @EnumSource(GateKind.class)
    void network_isThatOfTheSameWeightsIn8Bits_bitForBit_inAnyCompany(GateKind gate) throws IOException {
        String fastest = library();
        ModelDirectory files = write(network(gate));
        ModelDirectory same = rounded(files);
        for (String variant : List.of(fastest, "generic")) {
            for (int rows : new int[] {1, 3, 8, 33, 64}) {
                int[][] sources = sources(rows);
                float[] expected = byKernels(same, variant, 1, 8, sources);
                assertThat(byKernels(files, variant, 1, 4, sources)).isEqualTo(expected);
                assertThat(byKernels(files, variant, 2, 4, sources)).isEqualTo(expected);
            }
        }
        // Four bits do cost something.
        assertThat(byKernels(files, fastest, 1, 4, sources(3)))
                .isNotEqualTo(byKernels(files, fastest, 1, 8, sources(3)));
    }

    /** As near as experts in 8 bits are to it. */
    @Test
    void network_isAboutTheEnginesOfTheSameWeights() throws IOException {
        String variant = library();
        ModelDirectory files = write(network(GateKind.SOFTMAX));
        int[][] sources = sources(6);
        rounded(files);
        float[] expected;
        try (TranslationModel engine = TranslationModel.open(folder.resolve("rounded"));
                Decoding decoding = engine.decode(sources)) {
            assertThat(engine.computedBy()).startsWith("PyTorch");
            expected = steps(decoding, 3);
        }
        assertThat(distance(byKernels(files, variant, 1, 4, sources), expected))
                .isLessThan(0.1)
                .isLessThan(distance(byKernels(files, variant, 1, 8, sources), expected));
    }

    /** Root of the mean square of what differs, as a share of the deviation. */
    private static double distance(float[] actual, float[] expected) {
        double mean = 0;
        for (float value : expected) {
            mean += value / expected.length;
        }
        double error = 0;
        double spread = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(actual[i] - expected[i], 2);
            spread += Math.pow(expected[i] - mean, 2);
        }
        return Math.sqrt(error / spread);
    }

    @Test
    void property_saysHowManyBits_andComputedByTellsThem() throws IOException {
        String variant = library();
        ModelDirectory files = write(network(GateKind.NOISY_TOP_K));
        System.setProperty(CpuKernels.CHOICE, "auto");
        for (String bits : List.of("", "8", "4")) {
            System.setProperty(CpuKernels.EXPERT_BITS, bits);
            try (CpuNetwork network = CpuNetwork.open(files).orElseThrow()) {
                // 12 experts in 3 layers, two matrices of 72 x 40 each.
                String fewer = bits.equals("4") ? ", experts in 4 bits (0.1 MB)" : "";
                assertThat(network.computedBy()).isEqualTo("int8 kernels (" + variant + ")" + fewer);
            }
        }
        System.setProperty(CpuKernels.EXPERT_BITS, "5");
        assertThatThrownBy(() -> CpuNetwork.open(files))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("dragoman.expert-bits must be 8 or 4, but is 5");
    }

    @Test
    void engine_refuses4Bits_butOfADenseModel() throws IOException {
        write(network(GateKind.NOISY_TOP_K));
        System.setProperty(CpuKernels.EXPERT_BITS, "4");
        assertThatThrownBy(() -> TranslationModel.open(folder.resolve("stored")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "dragoman.expert-bits must be 8 here, but is 4: the engine is to serve the model");
        Path dense = folder.resolve("dense");
        TinyModels.write(dense, TinyModels.configuration(TinyNetworks.gnmt(VOCABULARY)), 1, StoredType.I8);
        Files.writeString(dense.resolve(ModelDirectory.PIECES), "pieces");
        try (TranslationModel model = TranslationModel.open(dense)) {
            assertThat(model.computedBy()).startsWith("PyTorch");
        }
    }
}
