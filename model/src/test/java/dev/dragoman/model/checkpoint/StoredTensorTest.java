package dev.dragoman.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredTensorTest {
    @TempDir
    Path folder;

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** An odd number of bytes first, as the caller gives them. */
    @Test
    void everyTensorThatTheWriterWrote_isAligned() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        SafetensorsWriter.write(
                file,
                List.of(
                        TensorSource.of(
                                "bytes",
                                StoredType.I8,
                                new long[] {3},
                                () -> buffer(3).put(new byte[] {7, 8, 9}).flip()),
                        TensorSource.of(
                                "halves",
                                StoredType.BF16,
                                new long[] {1, 3},
                                () -> buffer(6)
                                        .putShort((short) 10)
                                        .putShort((short) 11)
                                        .putShort((short) 12)
                                        .flip()),
                        TensorSource.of(
                                "floats",
                                StoredType.F32,
                                new long[] {3},
                                () -> buffer(12)
                                        .putFloat(1.5f)
                                        .putFloat(2.5f)
                                        .putFloat(3.5f)
                                        .flip())));
        SafetensorsReader reader = SafetensorsReader.open(file);
        for (String name : List.of("bytes", "halves", "floats")) {
            assertThat(reader.find(name).isAligned()).as(name).isTrue();
        }
        assertThat(reader.find("floats").map().asFloatBuffer().get(1)).isEqualTo(2.5f);
        assertThat(new StoredTensor(folder, "w", StoredType.F32, new long[] {2}, 66, 8).isAligned())
                .isFalse();
    }

    @Test
    void map_givesAnyRange() throws IOException {
        Path file = Files.write(folder.resolve("x"), new byte[] {9, 9, 1, 0, 2, 0, 3, 0, 9});
        StoredTensor tensor = new StoredTensor(file, "w", StoredType.BF16, new long[] {3}, 2, 6);
        assertThat(tensor.map().asShortBuffer().get(0)).isEqualTo((short) 1);
        ByteBuffer middle = tensor.map(1, 2);
        assertThat(middle.remaining()).isEqualTo(2);
        assertThat(middle.getShort()).isEqualTo((short) 2);
        assertThat(tensor.map(3, 3).remaining()).isZero();
        for (long[] range : new long[][] {{-1, 1}, {2, 1}, {0, 4}}) {
            assertThatThrownBy(() -> tensor.map(range[0], range[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("of w, which has 3");
        }
    }

    @Test
    void map_tooLargeOrGone_isNamed() {
        StoredTensor large = new StoredTensor(folder, "w", StoredType.I8, new long[] {1L << 31}, 64, 1L << 31);
        assertThatThrownBy(large::map)
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(folder + ": 2147483648 bytes of w are over the limit of 2 GiB");
        StoredTensor gone = new StoredTensor(folder.resolve("gone"), "w", StoredType.I8, new long[] {1}, 64, 1);
        assertThatThrownBy(gone::map)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(folder.resolve("gone") + ": cannot be mapped");
    }
}
