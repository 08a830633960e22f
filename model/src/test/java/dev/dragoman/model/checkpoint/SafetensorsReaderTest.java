package dev.dragoman.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.Engines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of damage ends in one exception that names the file. */
class SafetensorsReaderTest {
    /** One file of each stored type. */
    private static final byte[][] WHOLE =
            Arrays.stream(StoredType.values()).map(SafetensorsReaderTest::whole).toArray(byte[][]::new);

    @TempDir
    Path folder;

    /** Reads all that {@link #whole} wrote, as opening a model does. */
    private static void readAll(Path file) {
        Engines.prepare();
        SafetensorsReader reader = SafetensorsReader.open(file);
        try (NDManager manager = NDManager.newBaseManager()) {
            Weights.array(reader, "a.weight", new Shape(2, 3), manager).toFloatArray();
            Weights.array(reader, "a.bias", new Shape(3), manager).toFloatArray();
            Weights.array(reader, "b.weight", new Shape(2, 2, 4), manager).toFloatArray();
        }
    }

    private static byte[] whole(StoredType precision) {
        Engines.prepare();
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            arrays.put("a.weight", manager.arange(6f).reshape(2, 3));
            arrays.put("a.bias", manager.arange(3f));
            arrays.put("b.weight", manager.arange(16f).reshape(2, 2, 4));
            Path file = Files.createTempFile("whole", ".safetensors");
            Weights.write(file, arrays, precision);
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("weights.safetensors"), content);
    }

    private Path file(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return file(ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array());
    }

    private static void assertRefused(Path file, String problem) {
        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(problem);
    }

    /** Header and data of another tool: no digest, other order, white space, a tensor that nobody asks for. */
    @Test
    void open_readsWhatOtherToolsWrite() throws IOException {
        Path file = file(
                " { \"b\" : {\"shape\":[1,2],\"data_offsets\":[4,8],\"dtype\":\"BF16\"},\n"
                        + "\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4],\"shape\":[]} }  ",
                8);
        SafetensorsReader reader = SafetensorsReader.open(file);
        assertThat(reader.names()).containsExactly("b", "a");
        assertThat(reader.digest()).isEmpty();
        assertThat(reader.find("b").bytes()).isEqualTo(4);
        assertThat(reader.find("a").map().remaining()).isEqualTo(4);
    }

    @Test
    void open_missingFileOrFolder_isNamed() {
        assertRefused(folder.resolve("nothing"), "no such file");
        assertRefused(folder, "no such file");
    }

    /** Cut anywhere: in the length, in the header, in the data. */
    @Test
    void open_truncatedAnywhere_isNamed() throws IOException {
        byte[] whole = whole(StoredType.I8);
        for (int length = 0; length < whole.length; length++) {
            assertRefused(file(Arrays.copyOf(whole, length)), "truncated");
        }
        readAll(file(whole));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001L})
    void open_impossibleHeaderLength_isNamed(long length) throws IOException {
        byte[] whole = whole(StoredType.F32);
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        assertRefused(file(whole), "not a safetensors file: header length " + length);
    }

    @Test
    void open_foreignFiles_areNamed() throws IOException {
        assertRefused(file("PK\3\4 a zip, as PyTorch writes it".getBytes(StandardCharsets.US_ASCII)), "header length");
        assertRefused(
                file("version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.US_ASCII)),
                "header length");
        assertRefused(file(new byte[1000]), "header length 0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{]                     | the header is not JSON",
                "{`a`:                  | the header is not JSON",
                "[]                     | the header is no JSON object",
                "42                     | the header is no JSON object",
                "null                   | the header is no JSON object",
                "{`a`:1}                | a has element type",
                "{`a`:null}             | a has element type",
                "{`a`:{}}               | a has element type",
            })
    void open_headersOfOtherForms_areNamed(String header, String problem) throws IOException {
        assertRefused(file(header.replace('`', '"'), 0), problem);
    }

    @Test
    void open_headerNestedWithoutEnd_isNamed() throws IOException {
        assertRefused(file("[".repeat(100_000), 0), "the header is not JSON");
        assertRefused(file("{\"a\":".repeat(100_000), 0), "the header is not JSON");
        assertRefused(file("9".repeat(100_000), 0), "the header is not JSON");
        byte[] binary = new byte[200];
        new Random(1).nextBytes(binary);
        ByteBuffer.wrap(binary).order(ByteOrder.LITTLE_ENDIAN).putLong(100);
        assertRefused(file(binary), "the header is not JSON");
    }

    /** Of one tensor "a", with backticks for quotes; the data is 8 bytes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "`F64`  | [1]       | [0,8]    | a has element type",
                "`f32`  | [2]       | [0,8]    | a has element type",
                "32     | [2]       | [0,8]    | a has element type",
                "`F32`  | 2         | [0,8]    | a lacks shape or data_offsets",
                "`F32`  | [2]       | 8        | a lacks shape or data_offsets",
                "`F32`  | [2]       | [0]      | a lacks shape or data_offsets",
                "`F32`  | [2]       | [0,8,9]  | a lacks shape or data_offsets",
                "`F32`  | [-2]      | [0,8]    | a has size -2",
                "`F32`  | [2.0]     | [0,8]    | a has size 2.0",
                "`F32`  | [`2`]     | [0,8]    | a has size",
                "`F32`  | [null]    | [0,8]    | a has size null",
                "`F32`  | [1e400]   | [0,8]    | a has size",
                "`F32`  | [4294967296,4294967296] | [0,8] | a has a shape beyond all sizes",
                "`F32`  | [9223372036854775807]   | [0,8] | a has a shape beyond all sizes",
                "`F32`  | [9223372036854775808]   | [0,8] | a has size 9223372036854775808",
                "`F32`  | [2]       | [-8,0]   | a has data_offsets [-8,0]",
                "`F32`  | [2]       | [8,0]    | a has data_offsets [8,0]",
                "`F32`  | [2]       | [0,4]    | a has data_offsets [0,4], its shape and type make 8 bytes",
                "`F32`  | [2]       | [0.0,8]  | a has data_offsets",
                "`F32`  | [2]       | [4,12]   | truncated: a ends at byte",
                "`BF16` | [1000]    | [0,2000] | truncated: a ends at byte",
                "`F32`  | [2]       | [9223372036854775800,9223372036854775807] | a has data_offsets",
                "`I8`   | [7]       | [9223372036854775800,9223372036854775807] | truncated",
            })
    void open_impossibleTensors_areNamed(String dtype, String shape, String offsets, String problem)
            throws IOException {
        String header = "{`a`:{`dtype`:" + dtype + ",`shape`:" + shape + ",`data_offsets`:" + offsets + "}}";
        assertRefused(file(header.replace('`', '"'), 8), problem);
    }

    @Test
    void open_overlappingTensors_areNamed() throws IOException {
        String two = "{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[%d,%d]}}";
        assertRefused(file(String.format(two, 3, 7), 8), "b overlaps a");
        assertRefused(file(String.format(two, 0, 4), 8), "b overlaps a");
        assertThat(SafetensorsReader.open(file(String.format(two, 4, 8), 8)).names())
                .hasSize(2);
    }

    @Test
    void open_sameNameTwice_isNamed() throws IOException {
        assertRefused(file("{\"__metadata__\":{},\"__metadata__\":{}}", 0), "the header is not JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "[]", "{\"sha256\":7}", "{\"sha256\":null}"})
    void open_strangeMetadata_isNoDigest(String metadata) throws IOException {
        assertThat(SafetensorsReader.open(file("{\"__metadata__\":" + metadata + "}", 0))
                        .digest())
                .isIn("", "7");
    }

    /**
     * One to three bytes of the header replaced at random, in files of every stored type: what opens can be read to the end, and what
     * cannot is refused by name.
     */
    @Property(tries = 700)
    void open_damagedHeader_isReadOrNamed(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = WHOLE[random.nextInt(WHOLE.length)].clone();
        int header =
                8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        for (int i = 0; i <= random.nextInt(3); i++) {
            // Half of the time a character that keeps the header JSON more often.
            byte value = random.nextBoolean()
                    ? (byte) "0123456789-.,[]{}\":eIF8".charAt(random.nextInt(23))
                    : (byte) random.nextInt(256);
            bytes[random.nextInt(header)] = value;
        }
        Path file = Files.createTempFile("damaged", ".safetensors");
        try {
            Files.write(file, bytes);
            readAll(file);
        } catch (ModelFormatException e) {
            assertThat(e).hasMessageStartingWith(file + ": ");
        } finally {
            Files.delete(file);
        }
    }
}
