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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
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

    private static TensorSource tensor(String name, StoredType type, byte[] content, long... shape) {
        return TensorSource.of(name, type, shape, () -> ByteBuffer.wrap(content));
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
        StoredTensor half = reader.find("half");
        assertThat(half.type()).isEqualTo(StoredType.BF16);
        assertThat(half.shape()).containsExactly(3);
        byte[] mapped = new byte[6];
        half.map().get(mapped);
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
        TensorSource failing = TensorSource.of("b", StoredType.I8, new long[] {3}, () -> {
            throw new IllegalStateException("closed");
        });
        List<TensorSource> tensors = List.of(tensor("a", StoredType.F32, FLOATS, 6), failing);
        assertThatThrownBy(() -> SafetensorsWriter.write(file, tensors)).hasMessage("closed");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void write_contentOfAnotherSize_isRefused() {
        TensorSource wrong = tensor("a", StoredType.F32, Arrays.copyOf(FLOATS, 20), 6);
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("x"), List.of(wrong)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a has 20 bytes instead of 24");
    }

    @Test
    void write_intoAFolderThatIsNotThere_throwsAnInputOutputError() {
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("no/x"), List.of()))
                .isInstanceOf(IOException.class);
    }

    /** Whatever their number, order and sizes: contiguous, as the format wants it, and aligned. */
    @Property(tries = 200)
    void write_alignsEveryTensor(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<TensorSource> tensors = new ArrayList<>();
        for (int i = 0; i < random.nextInt(15); i++) {
            StoredType type = StoredType.values()[random.nextInt(3)];
            long elements = random.nextBoolean() ? random.nextInt(100) : 64L * random.nextInt(10);
            byte[] content = new byte[(int) (elements * type.bytes())];
            tensors.add(tensor("t" + i, type, content, elements));
        }
        Path file = Files.createTempFile("aligned", ".safetensors");
        try {
            SafetensorsWriter.write(file, tensors);
            SafetensorsReader reader = SafetensorsReader.open(file);
            List<StoredTensor> stored = new ArrayList<>();
            reader.names().forEach(name -> stored.add(reader.find(name)));
            stored.sort(Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::bytes));
            long end = Files.size(file)
                    - stored.stream().mapToLong(StoredTensor::bytes).sum();
            assertThat(end % 64).isZero();
            for (StoredTensor tensor : stored) {
                assertThat(tensor.begin()).isEqualTo(end);
                end += tensor.bytes();
                assertThat(tensor.isAligned()).isTrue();
                if (tensor.bytes() % 64 == 0) {
                    assertThat(tensor.begin() % 64).isZero();
                }
            }
            assertThat(end).isEqualTo(Files.size(file));
        } finally {
            Files.delete(file);
        }
    }

    /** A source that can go through its numbers once only, as a stream of random ones does, in a buffer that it uses again. */
    @Test
    void write_asksForEachSliceOnceInOrder() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(2);
        List<Integer> asked = new ArrayList<>();
        TensorSource stream = new TensorSource() {
            @Override
            public String name() {
                return "stream";
            }

            @Override
            public StoredType type() {
                return StoredType.I8;
            }

            @Override
            public long[] shape() {
                return new long[] {5};
            }

            @Override
            public int slices() {
                return 3;
            }

            @Override
            public ByteBuffer slice(int i) {
                asked.add(i);
                buffer.clear();
                for (int at = 2 * i; at < Math.min(5, 2 * i + 2); at++) {
                    buffer.put((byte) (10 + at));
                }
                return buffer.flip();
            }
        };
        Path file = folder.resolve("weights.safetensors");
        SafetensorsWriter.write(file, List.of(stream));
        assertThat(asked).containsExactly(0, 1, 2);
        byte[] stored = new byte[5];
        SafetensorsReader.open(file).find("stream").map().get(stored);
        assertThat(stored).containsExactly(10, 11, 12, 13, 14);
    }

    @Test
    void write_twoOfOneName_isRefused() {
        TensorSource one = tensor("a", StoredType.I8, BYTES, 5);
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("x"), List.of(one, one)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two tensors have the name a");
        TensorSource reserved = tensor("__metadata__", StoredType.I8, BYTES, 5);
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("x"), List.of(reserved)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two tensors have the name __metadata__");
    }
}
