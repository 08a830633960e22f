package dev.dragoman.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    private static final byte[] FLOATS = bytes(24, 1);
    private static final byte[] HALVES = bytes(6, 50);
    private static final byte[] BYTES = bytes(5, 90);

    @TempDir
    Path folder;

    private static byte[] bytes(int count, int first) {
        byte[] result = new byte[count];
        for (int i = 0; i < count; i++) {
            result[i] = (byte) (first + i);
        }
        return result;
    }

    private static StoredTensor tensor(String name, StoredType type, byte[] content, long... shape) {
        return new StoredTensor(name, type, shape, () -> ByteBuffer.wrap(content));
    }

    private Path write() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        SafetensorsWriter.write(
                file,
                List.of(
                        tensor("encoder.weight", StoredType.F32, FLOATS, 2, 3),
                        tensor("half", StoredType.BF16, HALVES, 3),
                        tensor("small \u00e9\"", StoredType.I8, BYTES, 1, 5, 1)));
        return file;
    }

    /** The bytes of the format, found without our reader: length, JSON, data. */
    @Test
    void write_isWhatTheFormatSays() throws Exception {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(write())).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) file.getLong();
        byte[] header = new byte[length];
        file.get(header);
        byte[] data = new byte[file.remaining()];
        file.get(data);

        assertThat((8 + length) % 64).isZero();
        byte[] joined = new byte[35];
        System.arraycopy(FLOATS, 0, joined, 0, 24);
        System.arraycopy(HALVES, 0, joined, 24, 6);
        System.arraycopy(BYTES, 0, joined, 30, 5);
        assertThat(data).isEqualTo(joined);
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(joined));
        String json = new String(header, StandardCharsets.UTF_8).strip();
        assertThat(json)
                .startsWith("{")
                .endsWith("}")
                .contains("\"sha256\":\"" + digest + "\"")
                .contains("\"small \u00e9\\\"\":{");
        for (String expected : List.of(
                "\"dtype\":\"F32\"",
                "\"shape\":[2,3]",
                "\"data_offsets\":[0,24]",
                "\"dtype\":\"BF16\"",
                "\"shape\":[3]",
                "\"data_offsets\":[24,30]",
                "\"dtype\":\"I8\"",
                "\"shape\":[1,5,1]",
                "\"data_offsets\":[30,35]")) {
            assertThat(json).containsOnlyOnce(expected);
        }
    }

    @Test
    void write_isReadBack() throws IOException {
        Path file = write();
        SafetensorsReader reader = SafetensorsReader.open(file);
        assertThat(reader.names()).containsExactly("encoder.weight", "half", "small \u00e9\"");
        SafetensorsReader.Entry half = reader.find("half");
        assertThat(half.type()).isEqualTo(StoredType.BF16);
        assertThat(half.shape()).containsExactly(3);
        byte[] mapped = new byte[6];
        reader.map(half).get(mapped);
        assertThat(mapped).isEqualTo(HALVES);
        assertThat(reader.find("nothing")).isNull();
        assertThat(reader.file()).isEqualTo(file);
        assertThat(reader.digest()).hasSize(64);
    }

    @Test
    void write_sameContent_givesTheSameBytes_otherContentAnotherDigest() throws IOException {
        byte[] first = Files.readAllBytes(write());
        assertThat(Files.readAllBytes(write())).isEqualTo(first);
        String digest = SafetensorsReader.open(write()).digest();
        Path other = folder.resolve("other.safetensors");
        byte[] changed = FLOATS.clone();
        changed[3]++;
        SafetensorsWriter.write(other, List.of(tensor("encoder.weight", StoredType.F32, changed, 2, 3)));
        assertThat(SafetensorsReader.open(other).digest()).isNotEqualTo(digest);
    }

    @Test
    void write_noTensors_isAValidFile() throws IOException {
        Path file = folder.resolve("empty.safetensors");
        SafetensorsWriter.write(file, List.of());
        assertThat(SafetensorsReader.open(file).names()).isEmpty();
    }

    /** What fails half-way leaves the old file whole and nothing beside it. */
    @Test
    void write_failingContent_leavesTheOldFile() throws IOException {
        Path file = write();
        byte[] before = Files.readAllBytes(file);
        int[] calls = {0};
        StoredTensor failing = new StoredTensor("b", StoredType.I8, new long[] {3}, () -> {
            if (calls[0]++ == 1) {
                throw new IllegalStateException("closed");
            }
            return ByteBuffer.allocate(3);
        });
        List<StoredTensor> tensors = List.of(tensor("a", StoredType.F32, FLOATS, 6), failing);
        assertThatThrownBy(() -> SafetensorsWriter.write(file, tensors)).hasMessage("closed");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void write_contentOfAnotherSize_isRefused() {
        StoredTensor wrong = tensor("a", StoredType.F32, Arrays.copyOf(FLOATS, 20), 6);
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("x"), List.of(wrong)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a has 20 bytes instead of 24");
    }

    @Test
    void write_intoAFolderThatIsNotThere_throwsAnInputOutputError() {
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("no/x"), List.of()))
                .isInstanceOf(IOException.class);
    }
}
