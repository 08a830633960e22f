package dev.dragoman.model;

import static dev.dragoman.model.TestDevice.within;
import static dev.dragoman.model.TinyModels.BOS;
import static dev.dragoman.model.TinyModels.EOS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.kernel.ServingSettings;
import dev.dragoman.model.mixture.ExpertMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine's networks in 16 bits beside the same in 32; on the processor, which has the same kernels as a GPU. */
@ExtendWith(TestDevice.class)
class PrecisionTest {
    private static final int VOCABULARY = 11;
    private static final int[][] SOURCES = {{4, 5, 6, 7, EOS}, {8, EOS}, {9, 10, 4, EOS}};
    private static final int[][] TARGET = {{BOS, BOS, BOS}, {5, 6, 7}, {9, 4, 4}, {10, 8, 6}, {4, 4, 9}};

    @TempDir
    Path directory;

    static Stream<NetworkConfiguration> makes() {
        return Stream.concat(
                Arrays.stream(Form.values()).map(form -> TinyNetworks.of(VOCABULARY, form, Score.FACTORISED, true, 12)),
                Stream.of(
                        TinyNetworks.gnmt(VOCABULARY),
                        TinyNetworks.gnmt(VOCABULARY, 1, 2),
                        TinyNetworks.rnmt(VOCABULARY),
                        TinyNetworks.mixed(VOCABULARY),
                        TinyNetworks.ofGroups(VOCABULARY)));
    }

    static Stream<Arguments> stored() {
        return Stream.of(TinyNetworks.rnmt(VOCABULARY, 1, 3), TinyNetworks.ofGroups(VOCABULARY))
                .flatMap(network -> Arrays.stream(StoredType.values()).map(type -> Arguments.of(network, type)));
    }

    private EngineNetwork open(Compute compute) {
        return open(compute, compute != Compute.FLOAT32);
    }

    private EngineNetwork open(Compute compute, boolean residentExperts) {
        return EngineNetwork.open(
                ModelDirectory.open(directory),
                ExpertMemory.configured(),
                new ServingSettings(compute, residentExperts, 1));
    }

    /** Stacks of every stored type, copied to the device and gathered there, beside the same where they are mapped. */
    @ParameterizedTest
    @MethodSource("stored")
    void residentExperts_sayWhatMappedOnesSay(NetworkConfiguration configuration, StoredType precision)
            throws IOException {
        TinyModels.write(directory, TinyModels.configuration(configuration), 3, precision);
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
        try (EngineNetwork mapped = open(Compute.FLOAT32, false);
                EngineNetwork resident = open(Compute.FLOAT32, true);
                Decoding one = mapped.decode(SOURCES);
                Decoding other = resident.decode(SOURCES)) {
            for (int[] ids : TARGET) {
                float[][] expected = byId(one.step(ids, VOCABULARY, false));
                float[][] actual = byId(other.step(ids, VOCABULARY, false));
                for (int row = 0; row < SOURCES.length; row++) {
                    // Experts in fewer bits are multiplied in 16 where the processor does so.
                    assertThat(actual[row])
                            .containsExactly(expected[row], within(precision == StoredType.F32 ? 1e-5f : 0.05f));
                }
            }
            assertThat(resident.expertUsage().keySet())
                    .isEqualTo(mapped.expertUsage().keySet());
        }
    }

    private void write(NetworkConfiguration network) throws IOException {
        TinyModels.write(directory, TinyModels.configuration(network), 3, StoredType.F32);
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
    }

    static Stream<Arguments> narrowed() {
        return makes().flatMap(network ->
                Stream.of(Compute.BFLOAT16, Compute.FLOAT16).map(type -> Arguments.of(network, type)));
    }

    /** Eight bits of each number, or eleven: what log probabilities lose is far from a different network, and does not grow from step to step. */
    @ParameterizedTest
    @MethodSource("narrowed")
    void sixteenBits_areNearFloat32_atEveryStep(NetworkConfiguration configuration, Compute type) throws IOException {
        write(configuration);
        try (EngineNetwork exact = open(Compute.FLOAT32);
                EngineNetwork narrow = open(type);
                Decoding one = exact.decode(SOURCES);
                Decoding other = narrow.decode(SOURCES)) {
            assertThat(narrow.computedBy()).endsWith(" in " + type.name().toLowerCase(Locale.ROOT));
            List<Double> differences = new ArrayList<>();
            for (int[] ids : TARGET) {
                Decoding.Step expected = one.step(ids, VOCABULARY, true);
                Decoding.Step actual = other.step(ids, VOCABULARY, true);
                float[][] byId = byId(expected);
                float[][] narrowById = byId(actual);
                for (int row = 0; row < SOURCES.length; row++) {
                    assertThat(narrowById[row]).containsExactly(byId[row], within(0.3f));
                    assertThat(actual.attention()[row]).containsExactly(expected.attention()[row], within(0.05f));
                    for (int id = 0; id < VOCABULARY; id++) {
                        differences.add((double) Math.abs(narrowById[row][id] - byId[row][id]));
                    }
                }
            }
            // Where an expert is chosen by little, another may be: most are not. Not zero either, or nothing was
            // narrow.
            double coarseness = type == Compute.BFLOAT16 ? 1 : 1 / 8.0;
            Collections.sort(differences);
            assertThat(differences.get(differences.size() / 2)).isBetween(1e-4 * coarseness, 0.03 * coarseness);
        }
    }

    /** The default model as a GPU has it, experts on the device and steps in one call, beside its steps layer by layer. */
    @Test
    void defaultModel_inOneCall_saysWhatItsLayersSay() {
        ModelDirectory files = ModelDirectory.open(Path.of("../pretrained"));
        int[][] sources = {{4, 500, 61, 7, EOS}, {4, 1800, EOS}, {5, 900, 1000, 44, 3000, EOS}};
        try (EngineNetwork layered = EngineNetwork.open(
                        files, ExpertMemory.configured(), new ServingSettings(Compute.FLOAT32, false, 1));
                EngineNetwork whole = EngineNetwork.open(
                        files, ExpertMemory.configured(), new ServingSettings(Compute.FLOAT32, true, 4));
                Decoding one = layered.decode(sources);
                Decoding other = whole.decode(sources)) {
            int[] ids = {BOS, BOS, BOS};
            for (int t = 0; t < 10; t++) {
                Decoding.Step expected = one.step(ids, 2, false);
                Decoding.Step actual = other.step(ids, 2, false);
                // Experts of 8 bits are multiplied in 16 where the processor does so.
                assertThat(actual.logProbabilities()).containsExactly(expected.logProbabilities(), within(0.05f));
                Arrays.setAll(ids, row -> expected.ids()[2 * row]);
            }
            whole.expertUsage()
                    .forEach((layer, usage) -> assertThat(usage.balance().rows())
                            .isEqualTo(
                                    layered.expertUsage().get(layer).balance().rows()));
        }
    }

    /** Told by their bytes, since the engine's Java side has no name for the type. */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void sixteenBits_areThoseOfMatricesOutsideTheMixtures(Compute type) throws IOException {
        write(TinyNetworks.rnmt(VOCABULARY, 1, 3));
        ModelDirectory files = ModelDirectory.open(directory);
        try (NDManager manager = TestDevice.newManager();
                TranslationNetwork network =
                        TranslationNetwork.of(files.configuration().network(), type)) {
            RandomArrays.fill(network, manager, new Random(1), 0.5);
            Precision precision = new Precision(network, manager);
            network.namedParameters().forEach(precision::narrow);
            int matrices = 0;
            for (var entry : network.namedParameters().entrySet()) {
                Parameter parameter = entry.getValue();
                String name = entry.getKey();
                boolean narrow = !name.contains("mixture") && !name.matches(".*\\.(bias|gain)");
                assertThat(bytes(parameter.getArray())).as(name).isEqualTo(narrow ? 2 : 4);
                matrices += narrow ? 1 : 0;
            }
            assertThat(matrices).isGreaterThan(10);
        }
    }

    private static long bytes(NDArray array) {
        return array.toByteBuffer().remaining() / array.size();
    }

    /** Two pieces whose logits a product of 16 bits rounds to one number are told apart, in the order of 32 bits. */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void best_tellsApartWhatRoundsToTheSame(Compute type) {
        int width = 64;
        int vocabulary = 200;
        Random random = new Random(4);
        try (Kernels kernels = Kernels.load(new KernelSettings(type, 0, 1, 0));
                NDManager manager = TestDevice.newManager()) {
            NDArray weight = narrow(kernels, RandomArrays.normal(manager, random, vocabulary, width));
            NDArray x = narrow(kernels, RandomArrays.normal(manager, random, 9, width));
            NDArray bias = RandomArrays.normal(manager, random, vocabulary);
            NDArray exact = wide(kernels, x)
                    .matMul(wide(kernels, weight).transpose())
                    .add(bias)
                    .logSoftmax(1);
            for (int count : new int[] {1, 5, 70, vocabulary}) {
                var best = kernels.run(manager, "best", x, weight, bias, (long) count);
                long[] ids = best.get(1).toLongArray();
                float[] values = best.get(0).toFloatArray();
                for (int i = 0; i < ids.length; i++) {
                    // The sum that all are divided by may have 16-bit terms still; that moves all of a row alike.
                    assertThat(values[i])
                            .isCloseTo(exact.getFloat(i / count, ids[i]), within(0.02f))
                            .isLessThanOrEqualTo(1e-6f);
                }
                long[] order = exact.argSort(1, false).get(":, :" + count).toLongArray();
                assertThat(ids).isEqualTo(order);
            }
        }
    }

    private static NDArray narrow(Kernels kernels, NDArray x) {
        return kernels.one("narrowed", false, x);
    }

    private static NDArray wide(Kernels kernels, NDArray x) {
        return kernels.one("widen", false, x);
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void cells_areInFloat32_whateverTheProducts(Compute type) {
        try (NDManager manager = TestDevice.newManager();
                TranslationNetwork network = TranslationNetwork.of(TinyNetworks.parallel(VOCABULARY), type)) {
            RandomArrays.fill(network, manager, new Random(1), 0.5);
            var state = network.initialState(manager, 3);
            for (int i = 0; i < state.size(); i++) {
                assertThat(bytes(state.get(i))).isEqualTo(i % 2 == 0 ? 2 : 4);
                assertThat(state.get(i).getShape()).isEqualTo(new Shape(3, 8));
            }
        }
    }

    private static float[][] byId(Decoding.Step step) {
        float[][] result = new float[SOURCES.length][VOCABULARY];
        for (int i = 0; i < SOURCES.length * VOCABULARY; i++) {
            result[i / VOCABULARY][step.ids()[i]] = step.logProbabilities()[i];
        }
        return result;
    }
}
