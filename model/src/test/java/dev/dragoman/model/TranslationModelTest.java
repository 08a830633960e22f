package dev.dragoman.model;

import static dev.dragoman.model.TestDevice.within;
import static dev.dragoman.model.TinyModels.BOS;
import static dev.dragoman.model.TinyModels.EOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.mixture.ExpertCacheStatistics;
import dev.dragoman.model.mixture.ExpertMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@ExtendWith(TestDevice.class)
class TranslationModelTest {
    private static final int VOCABULARY = 11;
    private static final int[][] SOURCES = {{4, 5, 6, 7, EOS}, {8, EOS}};

    @TempDir
    Path directory;

    private void write(int seed, StoredType precision) throws IOException {
        TinyModels.write(directory, TinyModels.configuration(TinyNetworks.parallel(VOCABULARY)), seed, precision);
        // The network does not read the pieces; that they are there and which they are is all that matters to it.
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void open_decodesFromEveryStoredType(StoredType precision) throws IOException {
        write(1, StoredType.F32);
        float[] exact;
        try (TranslationModel model = TranslationModel.open(directory)) {
            exact = logProbabilities(model);
        }
        write(1, precision);
        try (TranslationModel model = TranslationModel.open(directory)) {
            assertThat(model.configuration()).isEqualTo(TinyModels.configuration(TinyNetworks.parallel(VOCABULARY)));
            // Eight bits of a weight leave its sums right to a few hundredths.
            float tolerance = precision == StoredType.F32 ? 0 : 0.15f;
            assertThat(logProbabilities(model)).containsExactly(exact, within(tolerance));
        }
    }

    static Stream<NetworkConfiguration> makes() {
        return Stream.of(
                TinyNetworks.gnmt(VOCABULARY),
                TinyNetworks.gnmt(VOCABULARY, 1, 2),
                TinyNetworks.rnmt(VOCABULARY, 1, 3),
                TinyNetworks.mixed(VOCABULARY));
    }

    /** Written and opened again, in every type, a network of another make is the one that it was; vectors are never rounded. */
    @ParameterizedTest
    @MethodSource("makes")
    void open_networksOfOtherMakes(NetworkConfiguration network) throws IOException {
        ModelConfiguration configuration = TinyModels.configuration(network);
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
        float[] exact;
        try (NDManager manager = TestDevice.newManager();
                TranslationNetwork unwritten = TranslationNetwork.of(network, Compute.FLOAT32)) {
            RandomArrays.fill(unwritten, manager, new Random(1), 0.5);
            try (Decoding decoding = EngineDecoding.open(unwritten, manager, TinyModels.PAD, SOURCES)) {
                exact = logProbabilities(decoding);
            }
        }
        for (StoredType precision : StoredType.values()) {
            TinyModels.write(directory, configuration, 1, precision);
            try (TranslationModel model = TranslationModel.open(directory)) {
                assertThat(model.configuration()).isEqualTo(configuration);
                // Arrays over the mapped file are aligned otherwise, which changes the order of sums.
                float tolerance = precision == StoredType.F32 ? 1e-5f : 0.5f;
                assertThat(logProbabilities(model)).containsExactly(exact, within(tolerance));
            }
            WeightFiles files = WeightFiles.open(directory.resolve(ModelDirectory.WEIGHTS));
            assertThat(files.names().stream().filter(name -> name.matches(".*\\.(gain|bias|score)")))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(files.find(name).type()).isEqualTo(StoredType.F32));
        }
    }

    /**
     * A directory of format 1, whose stacks of experts are {@code [E, in, out]} and are expanded: it says what the same weights in format
     * 2 and 32 bits say, but for rounding in 16 and 8 bits.
     */
    @ParameterizedTest
    @EnumSource(StoredType.class)
    void open_formatOne(StoredType precision) throws IOException {
        write(1, StoredType.F32);
        float[] exact;
        try (TranslationModel model = TranslationModel.open(directory)) {
            exact = logProbabilities(model);
        }
        writeFormatOne(precision);
        assertThat(ModelDirectory.open(directory).configuration().format()).isEqualTo(1);
        for (ExpertMemory memory : List.of(ExpertMemory.configured(), ExpertMemory.ofBytes(1))) {
            try (TranslationModel model = TranslationModel.open(directory, memory)) {
                float tolerance = precision == StoredType.F32 ? 0 : 0.15f;
                assertThat(logProbabilities(model)).containsExactly(exact, within(tolerance));
                assertThat(model.expertCache()).isEmpty();
                assertThat(model.expertUsage().get("decoder.mixture1").balance().rows())
                        .isEqualTo(8);
            }
        }
    }

    /** Writes what is in the directory as format 1 wrote it. */
    private void writeFormatOne(StoredType precision) throws IOException {
        try (NDManager manager = TestDevice.newManager()) {
            WeightFiles files = WeightFiles.open(directory.resolve(ModelDirectory.WEIGHTS));
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            for (String name : files.names()) {
                // A copy, since the file is replaced.
                NDArray array = Weights.array(
                                files, name, new Shape(files.find(name).shape()), manager)
                        .duplicate();
                boolean stack = array.getShape().dimension() == 3;
                arrays.put(name, stack ? array.swapAxes(1, 2).add(0) : array);
            }
            Weights.write(directory.resolve(ModelDirectory.WEIGHTS), arrays, precision);
        }
        Path file = directory.resolve(ModelDirectory.CONFIGURATION);
        JsonMapper json = JsonMapper.builder().build();
        ObjectNode tree = (ObjectNode) json.readTree(Files.readAllBytes(file));
        tree.put("format", 1);
        ((ObjectNode) tree.at("/network/mixture")).remove("gating");
        Files.writeString(file, tree.toString());
    }

    /** With room for one expert of the two layers' eight, and for all. */
    @ParameterizedTest
    @EnumSource(StoredType.class)
    void open_withACacheOfExperts_changesNothing(StoredType precision) throws IOException {
        write(1, precision);
        float[] expected;
        try (TranslationModel model = TranslationModel.open(directory)) {
            expected = logProbabilities(model);
            assertThat(model.expertCache()).isEmpty();
        }
        for (long bytes : new long[] {1000, 1_000_000}) {
            try (TranslationModel model = TranslationModel.open(directory, ExpertMemory.ofBytes(bytes))) {
                assertThat(logProbabilities(model)).containsExactly(expected);
                ExpertCacheStatistics statistics = model.expertCache().orElseThrow();
                assertThat(statistics.misses()).isPositive();
                assertThat(statistics.evictions() > 0).isEqualTo(bytes == 1000);
                assertThat(statistics.residentBytes()).isLessThanOrEqualTo(bytes);
                assertThat(model.expertUsage().keySet()).containsExactly("encoder.mixture1", "decoder.mixture1");
                // Seven source tokens and four target tokens, each of which goes to two experts.
                assertThat(model.expertUsage().get("encoder.mixture1").balance().rows())
                        .isEqualTo(14);
                assertThat(model.expertUsage().get("decoder.mixture1").balance().rows())
                        .isEqualTo(8);
            }
        }
    }

    /** By id, of both sentences' first and second token. */
    private static float[] logProbabilities(TranslationModel model) {
        try (Decoding decoding = model.decode(SOURCES)) {
            return logProbabilities(decoding);
        }
    }

    private static float[] logProbabilities(Decoding decoding) {
        float[] result = new float[4 * VOCABULARY];
        for (int step = 0; step < 2; step++) {
            int id = step == 0 ? BOS : 7;
            Decoding.Step next = decoding.step(new int[] {id, id}, VOCABULARY, false);
            for (int i = 0; i < next.ids().length; i++) {
                int row = i / VOCABULARY;
                result[(step * 2 + row) * VOCABULARY + next.ids()[i]] = next.logProbabilities()[i];
            }
        }
        return result;
    }

    /** The arrays lie over the mapped file; nothing in Java but they keep the mapping alive. */
    @Test
    void open_mappedWeightsSurviveGarbageCollection() throws IOException, InterruptedException {
        write(1, StoredType.F32);
        try (TranslationModel model = TranslationModel.open(directory)) {
            float[] before = logProbabilities(model);
            for (int i = 0; i < 3; i++) {
                System.gc();
                Thread.sleep(20);
            }
            assertThat(logProbabilities(model)).containsExactly(before);
        }
    }

    @Test
    void decode_fromManyThreads_equalsOneThread() throws Exception {
        write(1, StoredType.F32);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try (TranslationModel model = TranslationModel.open(directory)) {
            float[] expected = logProbabilities(model);
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                all.add(pool.submit(() -> {
                    for (int i = 0; i < 20; i++) {
                        assertThat(logProbabilities(model)).containsExactly(expected);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void decode_idsOutsideTheVocabulary_areRefused() throws IOException {
        write(1, StoredType.F32);
        try (TranslationModel model = TranslationModel.open(directory)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.decode(new int[][] {{4, EOS}, {VOCABULARY, EOS}}))
                    .withMessage("id must be from 0 to 10, but is 11");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.decode(new int[][] {{-1}}))
                    .withMessage("id must be from 0 to 10, but is -1");
            assertThatIllegalArgumentException().isThrownBy(() -> model.decode(new int[][] {{4}, {}}));
        }
    }

    @Test
    void version_changesWithTheWeights() throws IOException {
        write(1, StoredType.F32);
        String first = version();
        write(1, StoredType.F32);
        assertThat(version()).isEqualTo(first);
        write(2, StoredType.F32);
        assertThat(version()).isNotEqualTo(first);
    }

    private String version() {
        try (TranslationModel model = TranslationModel.open(directory)) {
            return model.version();
        }
    }

    /** The weights of one network under the configuration of another. */
    @Test
    void open_weightsOfAnotherNetwork_namesTheTensor() throws IOException {
        write(1, StoredType.F32);
        ModelDirectory.writeConfiguration(directory, TinyModels.configuration(TinyNetworks.parallel(VOCABULARY + 1)));
        assertThatThrownBy(() -> TranslationModel.open(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(directory.resolve(ModelDirectory.WEIGHTS)
                        + ": embedding.weight has shape [11, 8], the configuration asks for [12, 8]");
        ModelDirectory.writeConfiguration(
                directory,
                TinyModels.configuration(TinyNetworks.of(VOCABULARY, Form.PARALLEL, Score.FACTORISED, true, 12)));
        assertThatThrownBy(() -> TranslationModel.open(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("encoder.layer1.forward.input has shape");
    }
}
