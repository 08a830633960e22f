package dev.dragoman.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.Engines;
import dev.dragoman.model.RandomArrays;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightsTest {
    @TempDir
    Path folder;

    private NDManager manager;
    private Path file;

    @BeforeEach
    void open() {
        Engines.prepare();
        manager = NDManager.newBaseManager();
        file = folder.resolve("weights.safetensors");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private float[] roundTrip(NDArray array, StoredType precision) throws IOException {
        Weights.write(file, Map.of("w", array), precision);
        return Weights.array(SafetensorsReader.open(file), "w", array.getShape(), manager)
                .toFloatArray();
    }

    private float[] roundTrip(StoredType precision, float... row) throws IOException {
        return roundTrip(manager.create(row, new Shape(1, row.length)), precision);
    }

    @Test
    void float32_isExact() throws IOException {
        NDArray array = RandomArrays.normal(manager, new Random(1), 3, 5, 7);
        assertThat(roundTrip(array, StoredType.F32)).containsExactly(array.toFloatArray());
        float[] odd = {0f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY, Float.NaN};
        assertThat(roundTrip(StoredType.F32, odd)).containsExactly(odd);
    }

    /** Eight significant bits, rounded to nearest: at most half of the last one is lost. */
    @Test
    void bfloat16_relativeErrorIsBounded() throws IOException {
        NDArray array = RandomArrays.normal(manager, new Random(1), 40, 50);
        float[] exact = array.toFloatArray();
        float[] read = roundTrip(array, StoredType.BF16);
        for (int i = 0; i < exact.length; i++) {
            assertThat(Math.abs(read[i] - exact[i])).isLessThanOrEqualTo(Math.abs(exact[i]) * 0x1p-8f);
        }
    }

    @Test
    void bfloat16_roundsToNearestAndTiesToEven() throws IOException {
        assertThat(roundTrip(
                        StoredType.BF16,
                        1 + 0x1p-8f,
                        1 + 3 * 0x1p-8f,
                        1 + 0x1p-8f + 0x1p-20f,
                        -1 - 0x1p-8f,
                        0f,
                        Float.POSITIVE_INFINITY))
                .containsExactly(1, 1 + 0x1p-6f, 1 + 0x1p-7f, -1, 0, Float.POSITIVE_INFINITY);
    }

    /** A number that is none must not become zero, which rounding its bits upwards would make of this one. */
    @Test
    void bfloat16_keepsNaN() throws IOException {
        assertThat(roundTrip(StoredType.BF16, Float.intBitsToFloat(0x7FFFFFFF))).containsExactly(Float.NaN);
    }

    /** Rows (0.4, -1, 0.25) and (0.1, 0.02, -0.04): scales 1 and 0.1 over 127. */
    @Test
    void int8_ofTheWorkedExample() throws IOException {
        NDArray array = manager.create(new float[] {0.4f, -1, 0.25f, 0.1f, 0.02f, -0.04f}, new Shape(2, 3));
        Weights.write(file, Map.of("w", array), StoredType.I8);
        SafetensorsReader reader = SafetensorsReader.open(file);
        byte[] stored = new byte[6];
        reader.find("w").map().get(stored);
        assertThat(stored).containsExactly(51, -127, 32, 127, 25, -51);
        assertThat(reader.find("w.scale").map().asFloatBuffer().get(0)).isEqualTo(1f / 127);
        assertThat(Weights.array(reader, "w", array.getShape(), manager).toFloatArray())
                .containsExactly(new float[] {51f / 127, -1, 32f / 127, 0.1f, 2.5f / 127, -5.1f / 127}, within(1e-7f));
    }

    /** Half a step of 1/127 of the row's largest, whatever the other rows hold. */
    @Test
    void int8_errorIsBoundedByTheRow() throws IOException {
        NDArray array = RandomArrays.normal(manager, new Random(1), 4, 6, 50)
                .mul(manager.create(new float[] {1e-6f, 1, 1000, 1e6f}, new Shape(4, 1, 1)));
        float[] exact = array.toFloatArray();
        float[] read = roundTrip(array, StoredType.I8);
        for (int row = 0; row < 24; row++) {
            float largest = 0;
            for (int i = row * 50; i < row * 50 + 50; i++) {
                largest = Math.max(largest, Math.abs(exact[i]));
            }
            for (int i = row * 50; i < row * 50 + 50; i++) {
                assertThat(Math.abs(read[i] - exact[i])).isLessThanOrEqualTo(largest / 254 * 1.0001f);
            }
        }
    }

    @Test
    void int8_rowOfZeros_staysZero() throws IOException {
        assertThat(roundTrip(StoredType.I8, 0, 0, -0f)).containsOnly(0f);
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void vectors_areExactInEveryPrecision(StoredType precision) throws IOException {
        NDArray vector = RandomArrays.normal(manager, new Random(1), 9);
        assertThat(roundTrip(vector, precision)).containsExactly(vector.toFloatArray());
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void read_fillsParameters(StoredType precision) throws IOException {
        NDArray array = RandomArrays.normal(manager, new Random(1), 3, 4);
        Weights.write(file, Map.of("w", array), precision);
        Parameter parameter = parameter(3, 4);
        Weights.read(SafetensorsReader.open(file), Map.of("w", parameter), manager);
        assertThat(parameter.getArray().toFloatArray()).containsExactly(array.toFloatArray(), within(0.05f));
    }

    private static Parameter parameter(long... shape) {
        return Parameter.builder()
                .setName("w")
                .setType(Parameter.Type.OTHER)
                .optShape(new Shape(shape))
                .build();
    }

    @Test
    void read_missingOrMisshapen_isNamed() throws IOException {
        Weights.write(file, Map.of("w", manager.ones(new Shape(2, 3))), StoredType.F32);
        SafetensorsReader reader = SafetensorsReader.open(file);
        assertThatThrownBy(() -> Weights.read(reader, Map.of("v", parameter(2, 3)), manager))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": has no tensor v, which the configuration asks for");
        assertThatThrownBy(() -> Weights.read(reader, Map.of("w", parameter(3, 2)), manager))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": w has shape [2, 3], the configuration asks for [3, 2]");
    }

    @Test
    void read_scaleMissingOrOfAnotherType_isNamed() throws IOException {
        TensorSource weight = TensorSource.of("w", StoredType.I8, new long[] {4, 2}, () -> ByteBuffer.allocate(8));
        SafetensorsWriter.write(file, List.of(weight));
        assertThatThrownBy(() -> Weights.array(SafetensorsReader.open(file), "w", new Shape(4, 2), manager))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": has no tensor w.scale, which the configuration asks for");
        // Four bytes where four floats belong: read as one float they would scale all rows alike.
        TensorSource scale = TensorSource.of(
                "w.scale",
                StoredType.I8,
                new long[] {4},
                () -> ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN));
        SafetensorsWriter.write(file, List.of(weight, scale));
        assertThatThrownBy(() -> Weights.array(SafetensorsReader.open(file), "w", new Shape(4, 2), manager))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": w.scale has element type I8, scales are F32");
    }

    private static Kernels sixteenBits() {
        return Kernels.load(new KernelSettings(Compute.BFLOAT16, 0, 1, 0));
    }

    /** The same numbers in bfloat16, which the engine's Java side cannot make. */
    private NDArray bfloat16(Kernels kernels, NDArray array) {
        long rows = array.getShape().get(0);
        NDArray ids = manager.arange(0, (int) rows, 1, DataType.INT64);
        return kernels.run(manager, "embed", ids, array.reshape(rows, -1))
                .get(0)
                .reshape(array.getShape());
    }

    private static float[] rounded(float[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            // To nearest by the exact midpoint, ties to even.
            float below = Float.intBitsToFloat(Float.floatToIntBits(values[i]) & 0xFFFF0000);
            float above = Float.intBitsToFloat((Float.floatToIntBits(values[i]) & 0xFFFF0000) + 0x10000);
            double down = Math.abs((double) values[i] - below);
            double up = Math.abs((double) above - values[i]);
            boolean even = (Float.floatToIntBits(below) & 0x10000) == 0;
            result[i] = down < up || (down == up && even) ? below : above;
        }
        return result;
    }

    /** By the definition, one row at a time. */
    private static float[] eightBits(float[] values, int rowLength) {
        float[] result = new float[values.length];
        for (int row = 0; row < values.length; row += rowLength) {
            float largest = 0;
            for (int i = row; i < row + rowLength; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            for (int i = row; i < row + rowLength; i++) {
                result[i] = largest == 0 ? 0 : Math.round(127 * values[i] / largest) * (largest / 127);
            }
        }
        return result;
    }

    /** Every type in memory, every type stored, slices of one element upwards, files of one tensor upwards: always the same numbers. */
    @Property(tries = 60)
    void roundTrip_doesNotDependOnSlicesAndShards(@ForAll long seed) throws IOException {
        Engines.prepare();
        Random random = new Random(seed);
        Path own = Files.createTempDirectory("weights");
        Path weights = own.resolve("w.safetensors");
        manager = NDManager.newBaseManager();
        try (Kernels kernels = sixteenBits()) {
            StoredType precision = StoredType.values()[random.nextInt(3)];
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            Map<String, float[]> expected = new LinkedHashMap<>();
            for (int i = 0; i < 1 + random.nextInt(5); i++) {
                long[] shape = random.longs(1 + random.nextInt(3), 1, 6).toArray();
                NDArray array = RandomArrays.normal(manager, random, shape);
                boolean sixteen = random.nextBoolean();
                float[] values = sixteen ? rounded(array.toFloatArray()) : array.toFloatArray();
                arrays.put("t" + i, sixteen ? bfloat16(kernels, array) : array);
                boolean vector = shape.length == 1;
                expected.put(
                        "t" + i,
                        vector || precision == StoredType.F32
                                ? values
                                : precision == StoredType.BF16
                                        ? rounded(values)
                                        : eightBits(values, (int) shape[shape.length - 1]));
            }
            WeightFiles.write(weights, Weights.sources(arrays, precision, 1 + random.nextInt(20)), random.nextInt(300));
            WeightFiles files = WeightFiles.open(weights);
            for (Map.Entry<String, float[]> entry : expected.entrySet()) {
                Shape shape = arrays.get(entry.getKey()).getShape();
                assertThat(Weights.array(files, entry.getKey(), shape, manager).toFloatArray())
                        .containsExactly(entry.getValue());
                // Written to where the array lies, and by the engine, as on a GPU.
                for (boolean byEngine : new boolean[] {false, true}) {
                    ArrayFiller filler = new ArrayFiller(
                            StoredParameter.find(files, entry.getKey(), shape.getShape()), 1 + random.nextInt(20));
                    NDArray target = manager.zeros(shape);
                    filler.fill(target, byEngine);
                    assertThat(target.toFloatArray()).containsExactly(entry.getValue());
                    NDArray sixteen = bfloat16(kernels, manager.zeros(shape));
                    filler.fill(sixteen, byEngine);
                    assertThat(sixteen.toType(DataType.FLOAT32, false).toFloatArray())
                            .containsExactly(rounded(entry.getValue()));
                }
            }
        } finally {
            manager.close();
            try (Stream<Path> files = Files.list(own)) {
                for (Path found : files.toList()) {
                    Files.delete(found);
                }
            }
            Files.delete(own);
        }
    }

    /** Training keeps stacks of experts in 16 bits; more would hold nothing. */
    @Test
    void sources_ofBfloat16_areNotWidened() throws IOException {
        try (Kernels kernels = sixteenBits()) {
            NDArray array = bfloat16(kernels, RandomArrays.normal(manager, new Random(1), 2, 3));
            Weights.write(file, Map.of("w", array), StoredType.F32);
        }
        assertThat(SafetensorsReader.open(file).find("w").type()).isEqualTo(StoredType.BF16);
    }

    @Test
    void sources_ofInt8_areStoredAsTheyAre() throws IOException {
        NDArray values = manager.create(new byte[] {1, -2, 3, 4, 127, -127, 7, 8}, new Shape(2, 2, 2));
        NDArray scales = manager.create(new float[] {0.5f, 1, 2, 4}, new Shape(2, 2));
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("w", values);
        arrays.put("w.scale", scales);
        for (StoredType precision : StoredType.values()) {
            Weights.write(file, arrays, precision);
            SafetensorsReader reader = SafetensorsReader.open(file);
            assertThat(reader.names()).containsExactlyInAnyOrder("w", "w.scale");
            assertThat(Weights.array(reader, "w", new Shape(2, 2, 2), manager).toFloatArray())
                    .containsExactly(0.5f, -1, 3, 4, 254, -254, 28, 32);
        }
    }

    @Test
    void sources_thatCannotBeStored_areRefused() {
        NDArray bytes = manager.create(new byte[] {1, 2}, new Shape(1, 2));
        assertThatThrownBy(() -> Weights.sources(Map.of("w", bytes), StoredType.I8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("w (1, 2) is int8 and needs one scale per row in w.scale, which is missing");
        assertThatThrownBy(() -> Weights.sources(
                        Map.of("w", bytes, "w.scale", manager.create(new float[] {1, 2})), StoredType.I8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs one scale per row in w.scale, which is (2)");
        NDArray longs = manager.create(new long[] {1, 2}, new Shape(1, 2));
        assertThatThrownBy(() -> Weights.sources(Map.of("w", longs), StoredType.F32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("w must be of a floating-point type or int8, but is int64");
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void sources_withoutElements_areReadBack(StoredType precision) throws IOException {
        Weights.write(file, Map.of("w", manager.create(new Shape(3, 0))), precision);
        assertThat(Weights.array(SafetensorsReader.open(file), "w", new Shape(3, 0), manager)
                        .size())
                .isZero();
    }

    @Test
    void fill_arrayWithGradient_isOverwritten() throws IOException {
        NDArray array = RandomArrays.normal(manager, new Random(1), 3, 4);
        Weights.write(file, Map.of("w", array), StoredType.F32);
        for (boolean byEngine : new boolean[] {false, true}) {
            NDArray target = manager.zeros(new Shape(3, 4));
            target.setRequiresGradient(true);
            StoredParameter stored = StoredParameter.find(WeightFiles.open(file), "w", new long[] {3, 4});
            new ArrayFiller(stored, 5).fill(target, byEngine);
            assertThat(target.toFloatArray()).containsExactly(array.toFloatArray());
        }
    }

    @Test
    void fill_arrayOfAnotherKind_isRefused() throws IOException {
        Weights.write(file, Map.of("w", manager.ones(new Shape(2))), StoredType.F32);
        SafetensorsReader reader = SafetensorsReader.open(file);
        NDArray doubles = manager.zeros(new Shape(2), DataType.FLOAT64);
        assertThatThrownBy(() -> Weights.fill(reader, "w", doubles))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the array for w must be float32 or bfloat16, but is float64");
        assertThatThrownBy(() -> Weights.fill(reader, "w", manager.zeros(new Shape(3))))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": w has shape [2], the configuration asks for [3]");
    }

    /** Format 1 had [E, in, out]: each expert comes out transposed, everything else as it is stored. */
    @ParameterizedTest
    @EnumSource(StoredType.class)
    void read_formatOne_transposesStacksOfExperts(StoredType precision) throws IOException {
        Map<String, NDArray> old = new LinkedHashMap<>();
        old.put("mixture1.hidden", RandomArrays.normal(manager, new Random(1), 3, 4, 5));
        old.put("square", RandomArrays.normal(manager, new Random(2), 4, 4));
        Weights.write(file, old, precision);
        SafetensorsReader reader = SafetensorsReader.open(file);
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        parameters.put("mixture1.hidden", parameter(3, 5, 4));
        parameters.put("square", parameter(4, 4));
        Weights.read(reader, 1, parameters, manager);

        float[] stored = Weights.array(reader, "mixture1.hidden", new Shape(3, 4, 5), manager)
                .toFloatArray();
        NDArray stack = parameters.get("mixture1.hidden").getArray();
        assertThat(stack.getShape()).isEqualTo(new Shape(3, 5, 4));
        // Where kernels read them: in memory, not by strides.
        FloatBuffer memory =
                stack.toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int expert = 0; expert < 3; expert++) {
            for (int in = 0; in < 4; in++) {
                for (int out = 0; out < 5; out++) {
                    assertThat(memory.get((expert * 5 + out) * 4 + in)).isEqualTo(stored[(expert * 4 + in) * 5 + out]);
                }
            }
        }
        assertThat(parameters.get("square").getArray().toFloatArray())
                .containsExactly(Weights.array(reader, "square", new Shape(4, 4), manager)
                        .toFloatArray());

        assertThatThrownBy(() -> Weights.read(reader, 2, Map.of("mixture1.hidden", parameter(3, 5, 4)), manager))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": mixture1.hidden has shape [3, 4, 5], the configuration asks for [3, 5, 4]");
    }

    @Test
    void read_formatTwo_takesStacksAsTheyAre() throws IOException {
        NDArray array = RandomArrays.normal(manager, new Random(1), 3, 4, 5);
        Weights.write(file, Map.of("w", array), StoredType.F32);
        Parameter parameter = parameter(3, 4, 5);
        Weights.read(SafetensorsReader.open(file), 2, Map.of("w", parameter), manager);
        assertThat(parameter.getArray().toFloatArray()).containsExactly(array.toFloatArray());
    }

    @Test
    void find_givesValuesAndScalesOfEightBits_valuesAloneOtherwise() throws IOException {
        NDArray array = RandomArrays.normal(manager, new Random(1), 3, 4, 5);
        Weights.write(file, Map.of("w", array), StoredType.I8);
        StoredParameter eight = StoredParameter.find(WeightFiles.open(file), "w", 3, 4, 5);
        assertThat(eight.values().type()).isEqualTo(StoredType.I8);
        assertThat(eight.scales().shape()).containsExactly(3, 4);
        assertThat(eight.scales().isAligned()).isTrue();
        Weights.write(file, Map.of("w", array), StoredType.BF16);
        assertThat(StoredParameter.find(WeightFiles.open(file), "w", 3, 4, 5).scales())
                .isNull();
    }

    @Test
    void find_eightBitsWithoutRows_isNamed() throws IOException {
        SafetensorsWriter.write(
                file, List.of(TensorSource.of("w", StoredType.I8, new long[0], () -> ByteBuffer.allocate(1))));
        assertThatThrownBy(() -> Weights.array(WeightFiles.open(file), "w", new Shape(), manager))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": w has 8 bits but no rows to scale");
    }

    /** Files of other tools may put a float anywhere. */
    @Test
    void array_unaligned_isReadAllTheSame() throws IOException {
        String header = "{\"b\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]}}";
        header += " ".repeat(8 - header.length() % 8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 9).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) 1).putFloat(1.5f).putFloat(2.5f);
        Files.write(file, bytes.array());
        assertThat(WeightFiles.open(file).find("w").isAligned()).isFalse();
        assertThat(Weights.array(WeightFiles.open(file), "w", new Shape(2), manager)
                        .toFloatArray())
                .containsExactly(1.5f, 2.5f);
    }
}
