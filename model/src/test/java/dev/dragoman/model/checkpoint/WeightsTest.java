package dev.dragoman.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.Engines;
import dev.dragoman.model.RandomArrays;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
        reader.map(reader.find("w")).get(stored);
        assertThat(stored).containsExactly(51, -127, 32, 127, 25, -51);
        assertThat(reader.map(reader.find("w.scale")).asFloatBuffer().get(0)).isEqualTo(1f / 127);
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
        StoredTensor weight = new StoredTensor("w", StoredType.I8, new long[] {4, 2}, () -> ByteBuffer.allocate(8));
        SafetensorsWriter.write(file, List.of(weight));
        assertThatThrownBy(() -> Weights.array(SafetensorsReader.open(file), "w", new Shape(4, 2), manager))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": has no tensor w.scale, which the configuration asks for");
        // Four bytes where four floats belong: read as one float they would scale all rows alike.
        StoredTensor scale = new StoredTensor(
                "w.scale",
                StoredType.I8,
                new long[] {4},
                () -> ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN));
        SafetensorsWriter.write(file, List.of(weight, scale));
        assertThatThrownBy(() -> Weights.array(SafetensorsReader.open(file), "w", new Shape(4, 2), manager))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": w.scale has element type I8, scales are F32");
    }
}
