package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.TensorSource;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(TestDevice.class)
class ServedMixturesTest {
    private static final int WIDTH = 32;
    private static final int EXPERTS = 12;
    private static final int HIDDEN = 48;

    /** Loaded once, since that is what takes most of the time here. */
    private static final Map<KernelSettings, Kernels> KERNELS = new HashMap<>();

    @TempDir
    Path folder;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = TestDevice.newManager();
    }

    @AfterAll
    static void closeKernels() {
        KERNELS.values().forEach(Kernels::close);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** Two mixture layers, one of them inside another block. */
    private static final class Network extends NetworkBlock implements AutoCloseable {
        private final MixtureOfExperts first;
        private final MixtureOfExperts second;

        private Network(Kernels kernels, Mixture mixture) {
            super(kernels);
            Inner inner = addChildBlock("inner", new Inner(kernels, mixture));
            first = inner.mixture;
            second = addChildBlock("mixture2", new MixtureOfExperts(kernels, mixture, WIDTH));
        }

        static Network of(Mixture mixture, Compute expertCompute) {
            KernelSettings settings = new KernelSettings(Compute.FLOAT32, expertCompute, 0, mixture.perRow(), 0);
            return new Network(KERNELS.computeIfAbsent(settings, Kernels::load), mixture);
        }

        float[] rows(NDManager manager, float[] x) {
            try (NDManager scratch = manager.newSubManager()) {
                NDArray rows = scratch.create(x, new Shape(x.length / WIDTH, WIDTH));
                return first.rows(rows).concat(second.rows(rows), 1).toFloatArray();
            }
        }

        @Override
        protected NDList forward(NDList inputs, boolean training) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            namedParameters().values().forEach(Parameter::close);
        }
    }

    private static final class Inner extends NetworkBlock {
        private final MixtureOfExperts mixture;

        private Inner(Kernels kernels, Mixture mixture) {
            super(kernels);
            this.mixture = addChildBlock("mixture1", new MixtureOfExperts(kernels, mixture, WIDTH));
        }

        @Override
        protected NDList forward(NDList inputs, boolean training) {
            throw new UnsupportedOperationException();
        }
    }

    private static Mixture mixture(GateKind kind, int groups) {
        return new Mixture(EXPERTS, 2, HIDDEN, List.of(), List.of(), 0, 0, 0, false, new Gating(kind, groups));
    }

    private static final Mixture NOISY = mixture(GateKind.NOISY_TOP_K, 0);

    static Stream<Mixture> gates() {
        return Stream.of(
                NOISY,
                mixture(GateKind.NOISY_TOP_K, 3),
                mixture(GateKind.SOFTMAX, 0),
                mixture(GateKind.STRICTLY_BALANCED, 0),
                mixture(GateKind.STRICTLY_BALANCED, 4),
                // No multiple of 16, with which eight bits are multiplied in another way.
                new Mixture(EXPERTS, 3, 20, List.of(), List.of(), 0, 0, 0, true));
    }

    static Stream<Arguments> gatesAndTypes() {
        return gates().flatMap(mixture -> Stream.of(StoredType.values()).map(type -> Arguments.of(mixture, type)));
    }

    private Path file() {
        return folder.resolve("weights.safetensors");
    }

    /** Writes a network's parameters: experts whose outputs are of the size of 1, gates that prefer some. */
    private WeightFiles write(Mixture mixture, StoredType type, long limit) throws IOException {
        try (Network network = Network.of(mixture, Compute.FLOAT32);
                NDManager scratch = manager.newSubManager()) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            RandomArrays.fill(network, scratch, new Random(5), 0.25).forEach((name, parameter) -> {
                if (name.endsWith("hresholds")) {
                    parameter
                            .getArray()
                            .subi(
                                    name.contains("Group")
                                            ? 1.4
                                            : mixture.gating().groups() > 0 ? 1.1 : 2.3);
                }
                arrays.put(name, parameter.getArray());
            });
            List<TensorSource> sources = new ArrayList<>();
            arrays.forEach((name, array) -> {
                boolean stack = name.endsWith(".hidden") || name.endsWith(".output");
                sources.addAll(Weights.sources(Map.of(name, array), stack ? type : StoredType.F32));
            });
            WeightFiles.write(file(), sources, limit);
        }
        return WeightFiles.open(file());
    }

    private WeightFiles write(Mixture mixture, StoredType type) throws IOException {
        return write(mixture, type, WeightFiles.DEFAULT_LIMIT);
    }

    /** A network whose experts are mapped, opened as a model opens them. */
    private final class Served implements AutoCloseable {
        private final Network network;
        private final NDManager own = TestDevice.newManager();
        private final ServedMixtures mixtures;

        private Served(Mixture mixture, WeightFiles files, Compute compute, ExpertMemory memory, long partBytes) {
            network = Network.of(mixture, compute);
            Map<String, Parameter> others = new LinkedHashMap<>(network.namedParameters());
            ServedMixtures.stacks(network).forEach(others::remove);
            Weights.read(files, others, own);
            mixtures = ServedMixtures.map(network, files, memory, false, own, partBytes);
        }

        Served(Mixture mixture, WeightFiles files, Compute compute) {
            this(mixture, files, compute, ExpertMemory.configured(), ExpertMatrices.PART_BYTES);
        }

        Served(Mixture mixture, WeightFiles files, Compute compute, int cachedExperts) {
            this(
                    mixture,
                    files,
                    compute,
                    ExpertMemory.ofBytes(cachedExperts * bytesPerExpert(files)),
                    ExpertMatrices.PART_BYTES);
        }

        float[] rows(float[] x) {
            return network.rows(own, x);
        }

        ExpertCacheStatistics cache() {
            return mixtures.cache().orElseThrow();
        }

        @Override
        public void close() {
            mixtures.close();
            network.close();
            own.close();
        }
    }

    private static long bytesPerExpert(WeightFiles files) {
        return files.names().stream()
                        .filter(name -> name.startsWith("mixture2.hidden") || name.startsWith("mixture2.output"))
                        .mapToLong(name -> files.find(name).bytes())
                        .sum()
                / EXPERTS;
    }

    /** All parameters expanded to float32, in memory. */
    private float[] expanded(Mixture mixture, WeightFiles files, float[] x) {
        try (Network network = Network.of(mixture, Compute.FLOAT32);
                NDManager own = manager.newSubManager()) {
            Weights.read(files, network.namedParameters(), own);
            return network.rows(own, x);
        }
    }

    /**
     * Equal but for rounding: relative error of all numbers together, and of the largest difference. Two layers of products in bfloat16
     * round inputs, hidden units, scales and outputs, each by up to 0.4 %, by 0.1 % in the mean.
     *
     * @param float32 whether both were computed in float32, only in another order
     */
    private static void assertClose(float[] actual, float[] expected, boolean float32) {
        assertThat(actual).hasSameSizeAs(expected);
        double size = 0;
        double error = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = actual[i] - expected[i];
            size += expected[i] * expected[i];
            error += difference * difference;
            largest = Math.max(largest, Math.abs(difference));
        }
        double scale = Math.sqrt(size / expected.length);
        assertThat(Math.sqrt(error / expected.length)).isLessThanOrEqualTo(scale * (float32 ? 1e-6 : 0.005));
        assertThat(largest).isLessThanOrEqualTo(scale * (float32 ? 1e-5 : 0.04));
    }

    private static float[] x(int rows) {
        return RandomArrays.normal(new Random(6), rows * WIDTH);
    }

    @Test
    void layers_areFoundByPath() {
        try (Network network = Network.of(NOISY, Compute.FLOAT32)) {
            assertThat(ServedMixtures.layers(network))
                    .isEqualTo(Map.of("inner.mixture1", network.first, "mixture2", network.second));
            assertThat(ServedMixtures.stacks(network))
                    .containsExactly(
                            "inner.mixture1.hidden", "inner.mixture1.output", "mixture2.hidden", "mixture2.output");
            assertThat(network.namedParameters().keySet()).containsAll(ServedMixtures.stacks(network));
        }
    }

    /** In float32, what is mapped in 32 bits is what is read; fewer bits are the same numbers with other roundings of activations. */
    @ParameterizedTest
    @MethodSource("gatesAndTypes")
    void map_computesWhatExpandedStacksDo(Mixture mixture, StoredType type) throws IOException {
        WeightFiles files = write(mixture, type);
        for (int rows : new int[] {1, 7, 60}) {
            float[] expected = expanded(mixture, files, x(rows));
            try (Served served = new Served(mixture, files, Compute.FLOAT32)) {
                assertClose(served.rows(x(rows)), expected, type != StoredType.I8);
            }
            try (Served served = new Served(mixture, files, Compute.BFLOAT16)) {
                assertClose(served.rows(x(rows)), expected, false);
            }
        }
    }

    /**
     * Eight bits of weights that are normal numbers, the largest of a row of 32 or 48 some 2.3 of their deviations: steps of 2.3 / 127
     * make errors of 0.5 % per weight; two layers and the roundings of bfloat16 make about 1 % of the output.
     */
    @Test
    void map_eightBits_isCloseToTheExactLayer() throws IOException {
        float[] exact = expanded(NOISY, write(NOISY, StoredType.F32), x(64));
        for (Compute compute : new Compute[] {Compute.FLOAT32, Compute.BFLOAT16}) {
            try (Served served = new Served(NOISY, write(NOISY, StoredType.I8), compute)) {
                float[] eight = served.rows(x(64));
                double error = 0;
                double size = 0;
                for (int i = 0; i < exact.length; i++) {
                    error += Math.pow(eight[i] - exact[i], 2);
                    size += Math.pow(exact[i], 2);
                }
                assertThat(Math.sqrt(error / size)).isBetween(0.001, 0.015);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void map_inParts_isTheSame(StoredType type) throws IOException {
        WeightFiles files = write(NOISY, type);
        float[] whole;
        try (Served served = new Served(NOISY, files, Compute.BFLOAT16)) {
            whole = served.rows(x(30));
        }
        long perExpert = (long) WIDTH * HIDDEN * type.bytes();
        // One expert, and five, which leaves two for the last part.
        for (long bytes : new long[] {1, 5 * perExpert}) {
            for (ExpertMemory memory : List.of(ExpertMemory.configured(), ExpertMemory.ofBytes(8 * perExpert))) {
                try (Served served = new Served(NOISY, files, Compute.BFLOAT16, memory, bytes)) {
                    assertThat(served.rows(x(30))).containsExactly(whole);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void map_shards_isTheSame(StoredType type) throws IOException {
        float[] whole;
        try (Served served = new Served(NOISY, write(NOISY, type), Compute.BFLOAT16)) {
            whole = served.rows(x(9));
        }
        Files.delete(file());
        WeightFiles shards = write(NOISY, type, 1000);
        assertThat(shards.find("mixture2.hidden").file())
                .isNotEqualTo(shards.find("mixture2.output").file());
        try (Served served = new Served(NOISY, shards, Compute.BFLOAT16)) {
            assertThat(served.rows(x(9))).containsExactly(whole);
        }
    }

    /** As another tool may write them: at a byte of no even number. */
    @ParameterizedTest
    @EnumSource(StoredType.class)
    void map_unaligned_isTheSame(StoredType type) throws IOException {
        float[] aligned;
        try (Served served = new Served(NOISY, write(NOISY, type), Compute.BFLOAT16)) {
            aligned = served.rows(x(9));
        }
        byte[] whole = Files.readAllBytes(file());
        long header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        ByteBuffer shifted = ByteBuffer.allocate(whole.length + 3).order(ByteOrder.LITTLE_ENDIAN);
        shifted.putLong(header + 3).put(whole, 8, (int) header).put("   ".getBytes(StandardCharsets.US_ASCII));
        shifted.put(whole, (int) header + 8, whole.length - 8 - (int) header);
        Files.write(file(), shifted.array());
        WeightFiles files = WeightFiles.open(file());
        assertThat(files.find("mixture2.hidden").begin() % 2).isEqualTo(1);
        try (Served served = new Served(NOISY, files, Compute.BFLOAT16)) {
            assertThat(served.rows(x(9))).containsExactly(aligned);
        }
    }

    /** Nothing in Java but the arrays keeps the mappings alive. */
    @ParameterizedTest
    @EnumSource(StoredType.class)
    void map_survivesGarbageCollection(StoredType type) throws IOException, InterruptedException {
        try (Served served = new Served(NOISY, write(NOISY, type), Compute.BFLOAT16)) {
            float[] before = served.rows(x(9));
            for (int i = 0; i < 3; i++) {
                System.gc();
                Thread.sleep(20);
            }
            assertThat(served.rows(x(9))).containsExactly(before);
        }
    }

    /** What a row gets alone it gets in any company, but for rounding. */
    @ParameterizedTest
    @MethodSource("gatesAndTypes")
    void rows_aloneAndInCompany_agree(Mixture mixture, StoredType type) throws IOException {
        WeightFiles files = write(mixture, type);
        int most = 40;
        for (Compute compute : new Compute[] {Compute.FLOAT32, Compute.BFLOAT16}) {
            try (Served served = new Served(mixture, files, compute)) {
                float[] alone = new float[0];
                for (int row = 0; row < most; row++) {
                    alone = joined(alone, served.rows(Arrays.copyOfRange(x(most), row * WIDTH, (row + 1) * WIDTH)));
                }
                for (int company : new int[] {2, 5, 9, 17, most}) {
                    float[] together = served.rows(Arrays.copyOf(x(most), company * WIDTH));
                    boolean float32 = compute == Compute.FLOAT32 && type != StoredType.I8;
                    assertClose(together, Arrays.copyOf(alone, together.length), float32);
                }
            }
        }
    }

    private static float[] joined(float[] first, float[] second) {
        float[] result = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, result, first.length, second.length);
        return result;
    }

    /** Room for no expert, one, a few, and all of both layers: the same numbers. */
    @ParameterizedTest
    @MethodSource("gatesAndTypes")
    void cache_ofAnySize_changesNothing(Mixture mixture, StoredType type) throws IOException {
        WeightFiles files = write(mixture, type);
        List<float[]> expected = new ArrayList<>();
        int[] batches = {1, 3, 40, 5};
        try (Served served = new Served(mixture, files, Compute.BFLOAT16)) {
            for (int rows : batches) {
                expected.add(served.rows(x(rows)));
            }
        }
        for (int capacity : new int[] {0, 1, 8, 4 * 2 * EXPERTS}) {
            ExpertMemory memory = ExpertMemory.ofBytes(Math.max(1, capacity * bytesPerExpert(files)));
            try (Served served = new Served(mixture, files, Compute.BFLOAT16, memory, ExpertMatrices.PART_BYTES)) {
                for (int i = 0; i < batches.length; i++) {
                    assertThat(served.rows(x(batches[i]))).containsExactly(expected.get(i));
                }
                ExpertCacheStatistics statistics = served.cache();
                assertThat(statistics.residentBytes()).isLessThanOrEqualTo(statistics.limitBytes());
                if (capacity > 2 * EXPERTS) {
                    assertThat(statistics.evictions()).isZero();
                    assertThat(statistics.hits()).isPositive();
                    assertThat(statistics.misses()).isLessThanOrEqualTo(2 * EXPERTS);
                } else if (capacity == 0) {
                    assertThat(statistics.hits()).isZero();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void cache_fromManyThreads_equalsOneThread_andFreesAll(StoredType type) throws Exception {
        WeightFiles files = write(NOISY, type);
        float[] expected;
        try (Served served = new Served(NOISY, files, Compute.BFLOAT16)) {
            expected = served.rows(x(10));
        }
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try (Served served = new Served(NOISY, files, Compute.BFLOAT16, 9)) {
            int before = served.own.getManagedArrays().size();
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                all.add(pool.submit(() -> {
                    for (int i = 0; i < 25; i++) {
                        assertThat(served.rows(x(10))).containsExactly(expected);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(served.cache().evictions()).isPositive();
            assertThat(served.cache().residentBytes()).isLessThanOrEqualTo(9 * bytesPerExpert(files));
            int scales = type == StoredType.I8 ? 2 : 0;
            assertThat(served.own.getManagedArrays())
                    .hasSize(before + (int) (served.cache().residentBytes() / bytesPerExpert(files)) * (2 + scales));
            served.mixtures.close();
            assertThat(served.own.getManagedArrays()).hasSize(before);
            assertThat(served.cache().residentBytes()).isZero();
        } finally {
            pool.shutdown();
        }
    }

    /** A strictly balanced gate may send a row nowhere; then its sum is empty. */
    @Test
    void rows_withoutExperts_areZero() throws IOException {
        Mixture mixture = mixture(GateKind.STRICTLY_BALANCED, 0);
        WeightFiles files = write(mixture, StoredType.I8);
        for (int cached : new int[] {0, 4}) {
            try (Served served = cached == 0
                    ? new Served(mixture, files, Compute.BFLOAT16)
                    : new Served(mixture, files, Compute.BFLOAT16, cached)) {
                served.network.namedParameters().forEach((name, parameter) -> {
                    if (name.endsWith("logThresholds")) {
                        parameter.getArray().set(new float[EXPERTS]);
                    }
                });
                assertThat(served.rows(x(3))).containsOnly(0f);
                assertThat(served.mixtures.usage().get("mixture2").balance().rows())
                        .isZero();
            }
        }
    }

    @Test
    void usage_countsRowsPerExpertOfEachLayer() throws IOException {
        WeightFiles files = write(NOISY, StoredType.I8);
        List<long[]> counts = new ArrayList<>();
        for (int cached : new int[] {0, 3}) {
            try (Served served = cached == 0
                    ? new Served(NOISY, files, Compute.BFLOAT16)
                    : new Served(NOISY, files, Compute.BFLOAT16, cached)) {
                served.rows(x(40));
                served.rows(x(1));
                Map<String, ExpertUsage> usage = served.mixtures.usage();
                assertThat(usage.keySet()).containsExactly("inner.mixture1", "mixture2");
                for (ExpertUsage one : usage.values()) {
                    assertThat(one.balance().rows()).isEqualTo(2 * 41);
                    counts.add(one.rows());
                }
            }
        }
        assertThat(counts.get(0)).isNotEqualTo(counts.get(1)).isEqualTo(counts.get(2));
        assertThat(counts.get(1)).isEqualTo(counts.get(3));
        // The first row was there twice: its two experts have the one more.
        NDArray gate = Weights.array(files, "mixture2.gate", new Shape(WIDTH, EXPERTS), manager);
        float[] logits = manager.create(x(1), new Shape(1, WIDTH)).matMul(gate).toFloatArray();
        float[] sorted = logits.clone();
        Arrays.sort(sorted);
        try (Served served = new Served(NOISY, files, Compute.BFLOAT16)) {
            served.rows(x(1));
            long[] rows = served.mixtures.usage().get("mixture2").rows();
            for (int e = 0; e < EXPERTS; e++) {
                assertThat(rows[e]).isEqualTo(logits[e] >= sorted[EXPERTS - 2] ? 1 : 0);
            }
        }
    }

    @Test
    void compute_isFloat32WhereStacksAre() throws IOException {
        assertThat(ServedMixtures.compute(write(NOISY, StoredType.F32))).isEqualTo(Compute.FLOAT32);
        for (StoredType type : new StoredType[] {StoredType.BF16, StoredType.I8}) {
            assertThat(ServedMixtures.compute(write(NOISY, type))).isEqualTo(ComputeDevice.expertCompute());
        }
    }

    @Test
    void map_stackMissingOrMisshapen_isNamed() throws IOException {
        WeightFiles files = write(NOISY, StoredType.I8);
        Mixture larger = new Mixture(EXPERTS + 1, 2, HIDDEN, List.of(), List.of(), 0, 0, 0, false);
        try (Network network = Network.of(larger, Compute.FLOAT32)) {
            assertThatThrownBy(() -> ServedMixtures.map(network, files, ExpertMemory.configured(), false, manager))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessage(file() + ": inner.mixture1.hidden has shape [12, 48, 32], the configuration asks for"
                            + " [13, 48, 32]");
        }
        WeightFiles.write(
                file(),
                List.of(TensorSource.of("other", StoredType.I8, new long[] {1}, () -> ByteBuffer.allocate(1))),
                WeightFiles.DEFAULT_LIMIT);
        WeightFiles none = WeightFiles.open(file());
        try (Network network = Network.of(NOISY, Compute.FLOAT32)) {
            assertThatThrownBy(() -> ServedMixtures.map(network, none, ExpertMemory.configured(), false, manager))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageEndingWith("has no tensor inner.mixture1.hidden, which the configuration asks for");
        }
    }
}
